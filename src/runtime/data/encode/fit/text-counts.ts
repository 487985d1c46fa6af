/**
 * How often each text of a column occurs, while its rows go by: a table of short texts, which costs a fifth of what the database takes to group
 * them. More texts than there is room for, and many long ones, are left to the database.
 */
import { cleanText, compareTexts, type TextRules } from "../../expressions/values.js";
import { entryWords, packText, shortBytes, shortText } from "../texts/short-texts.js";
import { orderOfTexts } from "../texts/text-order.js";
import {
  createTextTable,
  largestNumber,
  lengthOfSeal,
  numberOfSeal,
  placeOf,
  placeWords,
  sealNumber,
  takePlace,
  type TextTable,
} from "../texts/text-table.js";
import { wholeOfText, withPlace } from "../texts/whole-texts.js";
import { byCounts } from "./by-counts.js";

export interface TextCounts {
  /** Takes the first `rows` of the entries; the empty text is a null. `longText`: that of a row whose text is not in its entry. */
  add(entries: Int32Array, rows: number, longText: (row: number) => string | null): void;
  /**
   * The clean texts that occur at least `fewest` times, at most `limit`, the most frequent first and of equally frequent ones the first in the order
   * of code points; undefined where the column is left to the database.
   */
  values(fewest: number, limit: number): readonly string[] | undefined;
}

/** Different texts that all columns of a fit may have together: 48 bytes each while they are counted. */
export interface TextRoom {
  left: number;
}

export function createTextRoom(): TextRoom {
  return { left: 2 ** 23 };
}

/** Different long texts that a column may have; one of them costs as much as many short ones. */
const mostLong = 1 << 12;

/** @param missing what a null is counted as, if it is */
export function createTextCounts(rules: TextRules, missing: string | undefined, room: TextRoom): TextCounts {
  let counted: Counters | undefined = { table: createTextTable(0), wholes: new Int32Array(0), long: new Map() };
  let rowsSeen = 0;
  return {
    add: (entries, rows, longText) => {
      rowsSeen += rows;
      if (counted === undefined) return;
      const before = counted.table.size;
      const isWhole = rowsSeen <= largestNumber && countTexts(counted, entries, rows, longText);
      room.left -= counted.table.size - before;
      if (isWhole && room.left >= 0) return;
      room.left += counted.table.size;
      counted = undefined;
    },
    values: (fewest, limit) => {
      return counted === undefined
        ? undefined
        : mostFrequent(cleanCounts(counted, rules, missing), Math.max(1, fewest), limit);
    },
  };
}

interface Counters {
  /** Texts that are no whole numbers, or too large ones. */
  readonly table: TextTable;
  /** By whole number. */
  wholes: Int32Array;
  /** By long text. */
  readonly long: Map<string, number>;
}

/** False where there are too many long texts. */
function countTexts(
  counted: Counters,
  entries: Int32Array,
  rows: number,
  longText: (row: number) => string | null,
): boolean {
  const { table, long } = counted;
  let { words } = table;
  let { wholes } = counted;
  for (let at = 0; at < rows * entryWords; at += entryWords) {
    const length = entries[at]!;
    if (length > shortBytes) {
      const text = longText(at / entryWords) ?? "";
      long.set(text, (long.get(text) ?? 0) + 1);
      if (long.size > mostLong) return false;
      continue;
    }
    const a = entries[at + 1]!;
    const b = entries[at + 2]!;
    const c = entries[at + 3]!;
    const whole = wholeOfText(a, b, length);
    if (whole >= 0) {
      if (whole >= wholes.length) counted.wholes = wholes = withPlace(wholes, whole);
      wholes[whole]! += 1;
      continue;
    }
    const place = placeOf(words, a, b, c, length);
    const seal = words[place + 3]!;
    if (seal !== 0) words[place + 3] = seal + sealNumber(1, 0);
    else {
      takePlace(table, place, a, b, c, sealNumber(1, length));
      ({ words } = table);
    }
  }
  return true;
}

interface Counted {
  readonly texts: string[];
  readonly counts: number[];
}

/** What raw texts spell, counted together. */
function cleanCounts(
  { table: { words }, wholes, long }: Counters,
  rules: TextRules,
  missing: string | undefined,
): Counted {
  const texts: string[] = [];
  const counts: number[] = [];
  /** Of texts that another one spells. */
  const moved = new Map<string, number>();
  const put = (raw: string, count: number): void => {
    const text = cleanText(raw, rules) ?? missing;
    if (text === raw) {
      texts.push(text);
      counts.push(count);
    } else if (text !== undefined) moved.set(text, (moved.get(text) ?? 0) + count);
  };
  for (let whole = 0; whole < wholes.length; whole++) if (wholes[whole]! > 0) put(String(whole), wholes[whole]!);
  for (let place = 0; place < words.length; place += placeWords) {
    const seal = words[place + 3]!;
    if (seal === 0) continue;
    put(shortText(words[place]!, words[place + 1]!, words[place + 2]!, lengthOfSeal(seal)), numberOfSeal(seal));
  }
  for (const [text, count] of long) put(text, count);
  if (moved.size === 0) return { texts, counts };
  for (const [i, text] of texts.entries()) {
    counts[i]! += moved.get(text) ?? 0;
    moved.delete(text);
  }
  for (const [text, count] of moved) {
    texts.push(text);
    counts.push(count);
  }
  return { texts, counts };
}

function mostFrequent({ texts, counts }: Counted, fewest: number, limit: number): readonly string[] {
  const kept = new Int32Array(counts.reduce((sum, count) => sum + (count >= fewest ? 1 : 0), 0));
  const entries = new Int32Array(kept.length * entryWords);
  let size = 0;
  for (let place = 0; place < counts.length; place++) {
    if (counts[place]! < fewest) continue;
    const { words, length } = packText(texts[place]!);
    if (length > shortBytes) return mostFrequentOfLong({ texts, counts }, fewest, limit);
    const at = size * entryWords;
    entries[at] = length;
    entries[at + 1] = words[0]!;
    entries[at + 2] = words[1]!;
    entries[at + 3] = words[2]!;
    kept[size++] = place;
  }
  const ordered = byCounts(
    orderOfTexts(entries, kept.length).map((i) => kept[i]!),
    (place) => counts[place]!,
  );
  return Array.from(ordered.subarray(0, Math.min(limit, ordered.length)), (place) => texts[place]!);
}

/** The same where some texts are long, of which the entries do not tell the order. */
function mostFrequentOfLong({ texts, counts }: Counted, fewest: number, limit: number): readonly string[] {
  const kept = texts.map((_, place) => place).filter((place) => counts[place]! >= fewest);
  kept.sort((a, b) => counts[b]! - counts[a]! || compareTexts(texts[a]!, texts[b]!));
  return kept.slice(0, limit).map((place) => texts[place]!);
}
