/**
 * How often each text of a column occurs, while its rows go by: a table of short texts, which costs a fifth of what the database takes to group
 * them. More texts than there is room for, and many long ones, are left to the database.
 */
import { cleanText, compareTexts, type TextRules } from "../../expressions/values.js";
import type { FittedVocabulary } from "../../../../compiler/model/fitted.js";
import { knownWholes } from "../stored-values.js";
import { entryWords, packText, shortBytes, shortText, textEntriesOf } from "../texts/short-texts.js";
import { wholesOf } from "../texts/spelled-texts.js";
import { nullsMayBeWholes, nullText, type TextIds } from "../texts/text-ids.js";
import { orderOfTexts } from "../texts/text-order.js";
import {
  createTextTable,
  lengthOfSeal,
  numberOfSeal,
  placeOf,
  placeWords,
  sealNumber,
  takePlace,
  type TextTable,
} from "../texts/text-table.js";
import { wholesBelow, withPlace } from "../texts/whole-texts.js";
import { type ColumnVector, textReader } from "../vectors.js";
import { byCounts } from "./by-counts.js";
import { createLaterCounts, type LaterCounts } from "./count-later.js";
import { countPlain, mostFrequentWholes } from "./whole-counts.js";

export interface TextCounts {
  /**
   * Takes the first `rows` texts; the empty one is a null. Gives a code for each row, the same for equal texts, good until the next call; undefined where the column is left to
   * the database.
   */
  add(texts: ColumnVector, rows: number): Int32Array | undefined;
  /**
   * The clean texts that occur at least `fewest` times, at most `limit`, the most frequent first and of equally frequent ones the first in the order
   * of code points; undefined where the column is left to the database.
   */
  values(fewest: number, limit: number): FittedVocabulary | undefined;
  /**
   * What `ids` says of the raw text of each code; undefined where the column is left to the database. `vocabulary`: the texts whose ids are their places from 1, where there are
   * such: those of `values` may be known without asking.
   */
  codedIds(
    ids: () => Pick<TextIds, "ofText" | "ofWhole">,
    vocabulary: Pick<FittedVocabulary, "values" | "stored"> | undefined,
  ): CodedIds | undefined;
}

/** Ids by code. */
export interface CodedIds {
  /** Of codes below {@link wholesBelow}. */
  readonly wholes: Int32Array;
  /** Of those from there on. */
  readonly others: Int32Array;
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
  let counted: Counters | undefined = {
    table: createTextTable(0),
    long: new Map(),
    others: new Int32Array(64),
    size: 0,
    wholes: new Int32Array(0),
  };
  const later = createLaterCounts((wholes, rows) => {
    if (counted !== undefined) countWholes(counted, wholes, rows);
  });
  let codes = new Int32Array(0);
  return {
    add: (texts, rows) => {
      if (counted === undefined) return undefined;
      if (codes.length < rows) codes = new Int32Array(rows);
      const before = counted.table.size;
      const areAll = countTexts(counted, texts, rows, codes, later);
      room.left -= counted.table.size - before;
      if (areAll && room.left >= 0) return codes;
      room.left += counted.table.size;
      counted = undefined;
      return undefined;
    },
    values: (fewest, limit) => {
      if (counted === undefined) return undefined;
      later.flush();
      if (!hasOnlyWholes(counted, rules, missing))
        return {
          kind: "vocabulary",
          values: mostFrequent(cleanCounts(counted, rules, missing), Math.max(1, fewest), limit),
        };
      return mostFrequentWholes(counted.wholes, 0, fewest, limit);
    },
    codedIds: (ids, vocabulary) => {
      if (counted === undefined) return undefined;
      later.flush();
      const spelled = vocabulary === undefined ? undefined : knownWholes(vocabulary);
      return spelled !== undefined && hasOnlyWholes(counted, rules, missing)
        ? idsOfWholes(counted, spelled)
        : codedIds(counted, ids());
    },
  };
}

interface Counters {
  /** Numbers, from 1, of short texts that are no whole numbers, or too large ones. */
  readonly table: TextTable;
  /** Numbers of long texts, in the same row. */
  readonly long: Map<string, number>;
  /** How often each numbered text occurs, the first one first. */
  others: Int32Array;
  /** Texts that are numbered. */
  size: number;
  /** How often each whole number occurs. */
  wholes: Int32Array;
}

/** False where there are too many long texts. The code of a whole number is the number, that of the text numbered 1 comes after all of these. */
function countTexts(
  counted: Counters,
  texts: ColumnVector,
  rows: number,
  codes: Int32Array,
  later: LaterCounts,
): boolean {
  const { table, long } = counted;
  let { words } = table;
  let { others } = counted;
  const wholes = wholesOf(texts, rows);
  codes.set(wholes.length === rows ? wholes : wholes.subarray(0, rows));
  const entries = textEntriesOf(texts);
  const longText = textReader(texts);
  let isAnyWhole = false;
  for (let row = 0; row < rows; row++) {
    if (codes[row]! >= 0) {
      isAnyWhole = true;
      continue;
    }
    const at = row * entryWords;
    const length = entries[at]!;
    if (length > shortBytes) {
      const text = longText(row) ?? "";
      let number = long.get(text) ?? 0;
      if (number === 0) {
        number = numberNext(counted);
        ({ others } = counted);
        long.set(text, number);
      }
      others[number - 1]! += 1;
      codes[row] = wholesBelow + number - 1;
      if (long.size > mostLong) return false;
      continue;
    }
    const a = entries[at + 1]!;
    const b = entries[at + 2]!;
    const c = entries[at + 3]!;
    const place = placeOf(words, a, b, c, length);
    let number = numberOfSeal(words[place + 3]!);
    if (number === 0) {
      number = numberNext(counted);
      ({ others } = counted);
      takePlace(table, place, a, b, c, sealNumber(number, length));
      ({ words } = table);
    }
    others[number - 1]! += 1;
    codes[row] = wholesBelow + number - 1;
  }
  if (isAnyWhole) later.add(wholes, rows);
  return true;
}

/** Counts the numbers that are not negative. */
function countWholes(counted: Counters, wholes: Int32Array, rows: number): void {
  for (let row = 0; row < rows; row++) {
    row = countPlain(counted.wholes, 0, wholes, row, rows);
    if (row === rows) return;
    const whole = wholes[row]!;
    if (whole < 0) continue;
    counted.wholes = withPlace(counted.wholes, whole);
    counted.wholes[whole]! += 1;
  }
}

/** The number of one more text. */
function numberNext(counted: Counters): number {
  const { others } = counted;
  if (counted.size === others.length) {
    counted.others = new Int32Array(2 * others.length);
    counted.others.set(others);
  }
  return (counted.size += 1);
}

/** Calls back with each short text that has a number. */
function eachNumbered({ table: { words } }: Counters, take: (text: string, number: number) => void): void {
  for (let place = 0; place < words.length; place += placeWords) {
    const seal = words[place + 3]!;
    if (seal === 0) continue;
    take(shortText(words[place]!, words[place + 1]!, words[place + 2]!, lengthOfSeal(seal)), numberOfSeal(seal));
  }
}

/** Texts besides whole numbers among which one is looked for that counts. */
const fewOthers = 16;

/** Whether all texts that count are whole numbers: others are nulls, and no null is a whole number. */
function hasOnlyWholes(counted: Counters, rules: TextRules, missing: string | undefined): boolean {
  if (missing !== undefined || nullsMayBeWholes(rules) || counted.size > fewOthers || counted.long.size > 0)
    return false;
  let areNulls = true;
  eachNumbered(counted, (text) => (areNulls &&= cleanText(text, rules) === null));
  return areNulls;
}

/** Of texts of which {@link hasOnlyWholes} is true, where the first of `values` has the id 1. */
function idsOfWholes(counted: Counters, values: Int32Array): CodedIds {
  const wholes = new Int32Array(counted.wholes.length);
  for (let i = 0; i < values.length; i++) if (values[i]! < wholes.length) wholes[values[i]!] = i + 1;
  return { wholes, others: new Int32Array(counted.size).fill(nullText) };
}

function codedIds(counted: Counters, { ofText, ofWhole }: Pick<TextIds, "ofText" | "ofWhole">): CodedIds {
  const wholes = new Int32Array(counted.wholes.length);
  const others = new Int32Array(counted.size);
  for (let whole = 0; whole < wholes.length; whole++) if (counted.wholes[whole]! > 0) wholes[whole] = ofWhole(whole);
  eachNumbered(counted, (text, number) => void (others[number - 1] = ofText(text)));
  for (const [text, number] of counted.long) others[number - 1] = ofText(text);
  return { wholes, others };
}

interface Counted {
  readonly texts: string[];
  readonly counts: number[];
}

/** What raw texts spell, counted together. */
function cleanCounts(counted: Counters, rules: TextRules, missing: string | undefined): Counted {
  const { wholes, others, long } = counted;
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
  eachNumbered(counted, (text, number) => put(text, others[number - 1]!));
  for (const [text, number] of long) put(text, others[number - 1]!);
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
