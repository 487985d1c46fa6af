/**
 * How often each text of a column occurs, while its rows go by: a table of short texts, which costs a fifth of what the database takes to group
 * them. Longer texts, and more of them than there is room for, are left to the database.
 */
import { cleanText, type TextRules } from "../../expressions/values.js";
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
  /** Takes the first `rows` of the entries; the empty text is a null. */
  add(entries: Int32Array, rows: number): void;
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

/** @param missing what a null is counted as, if it is */
export function createTextCounts(rules: TextRules, missing: string | undefined, room: TextRoom): TextCounts {
  let counted: Counters | undefined = { table: createTextTable(0), wholes: new Int32Array(0) };
  let rowsSeen = 0;
  return {
    add: (entries, rows) => {
      rowsSeen += rows;
      if (counted === undefined) return;
      const before = counted.table.size;
      const isWhole = rowsSeen <= largestNumber && countTexts(counted, entries, rows);
      room.left -= counted.table.size - before;
      if (isWhole && room.left >= 0) return;
      room.left += counted.table.size;
      counted = undefined;
    },
    values: (fewest, limit) => {
      const found = counted === undefined ? undefined : cleanCounts(counted, rules, missing);
      return found === undefined ? undefined : mostFrequent(found, Math.max(1, fewest), limit);
    },
  };
}

interface Counters {
  /** Texts that are no whole numbers, or too large ones. */
  readonly table: TextTable;
  /** By whole number. */
  wholes: Int32Array;
}

/** False where a text is long. */
function countTexts(counted: Counters, entries: Int32Array, rows: number): boolean {
  const { table } = counted;
  let { words } = table;
  let { wholes } = counted;
  for (let at = 0; at < rows * entryWords; at += entryWords) {
    const length = entries[at]!;
    if (length > shortBytes) return false;
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

/** What raw texts spell, counted together; undefined where that is a long text. */
function cleanCounts(
  { table: { words }, wholes }: Counters,
  rules: TextRules,
  missing: string | undefined,
): Counted | undefined {
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
  if (moved.size === 0) return { texts, counts };
  for (const [i, text] of texts.entries()) {
    counts[i]! += moved.get(text) ?? 0;
    moved.delete(text);
  }
  for (const [text, count] of moved) {
    if (packText(text).length > shortBytes) return undefined;
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
