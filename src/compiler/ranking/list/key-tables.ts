import type { KeyTable, KeyValue, PlannedKey, RankInput, ShownItems } from "../plan.js";
import type { KeyColumn } from "./problem.js";
import { keptInts, keptNumbers } from "./kept.js";
import { Numbering } from "./numbering.js";
import { mapPacked } from "./packed.js";
import { scratchInts, scratchNumbers } from "./scratch.js";

/** Interns a column of values, several per candidate where there is a list; `undefined` is not a value. */
export function createKeyTable(rows: readonly (KeyValue | readonly KeyValue[] | undefined)[]): KeyTable {
  const numbering = new Numbering(rows.length);
  const offsets = keptInts(rows.length + 1);
  const entries = new Entries(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row === "object") {
      const from = entries.count;
      for (let k = 0; k < row.length; k++) entries.add(numbering.numberOf(row[k]!));
      entries.order(from);
    } else if (row !== undefined) entries.add(numbering.numberOf(row));
    offsets[i + 1] = entries.count;
  }
  const values = numbering.takeValues();
  return {
    offsets,
    numbers: entries.all(),
    valueCount: values.length,
    values: () => values,
    valueOf: (number) => values[number]!,
  };
}

/** Numbers that are sorted one by one. */
const shortList = 16;

/** Numbers of candidate after candidate, as many as there come to be. */
class Entries {
  count = 0;
  #numbers: Int32Array;

  /** @param expected numbers that it has space for at first */
  constructor(expected: number) {
    this.#numbers = keptInts(expected);
  }

  add(number: number): void {
    if (this.count === this.#numbers.length) this.#grow(this.count + 1);
    this.#numbers[this.count++] = number;
  }

  addAll(numbers: readonly number[]): void {
    for (const each of numbers) this.add(each);
  }

  /** Those from a place on become ascending and without repeats. */
  order(from: number): void {
    if (this.count - from < 2) return;
    const numbers = this.#numbers;
    // Most lists are short, and a view of them would cost more than sorting them.
    if (this.count - from > shortList) numbers.subarray(from, this.count).sort();
    else
      for (let i = from + 1; i < this.count; i++) {
        const number = numbers[i]!;
        let at = i;
        for (; at > from && numbers[at - 1]! > number; at--) numbers[at] = numbers[at - 1]!;
        numbers[at] = number;
      }
    let end = from + 1;
    for (let i = from + 1; i < this.count; i++) if (numbers[i] !== numbers[end - 1]) numbers[end++] = numbers[i]!;
    this.count = end;
  }

  all(): Int32Array {
    return this.#numbers.subarray(0, this.count);
  }

  #grow(least: number): void {
    const larger = keptInts(Math.max(least, 2 * this.#numbers.length));
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Ascending, without repeats. */
function distinct(numbers: readonly number[]): readonly number[] {
  if (numbers.length < 2) return numbers;
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted.filter((each, i) => i === 0 || each !== sorted[i - 1]);
}

/** The rows' values as the list builder wants them, while it makes one list; rows that `keeps` says no to have none. */
export function gatherKeys(
  { offsets, numbers, valueCount }: KeyTable,
  rows: Int32Array,
  keeps?: Uint8Array,
): KeyColumn {
  const count = rows.length;
  const gathered = scratchInts(count + 1);
  let entries = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (keeps === undefined || keeps[row] === 1) entries += offsets[row + 1]! - offsets[row]!;
    gathered[i + 1] = entries;
  }
  const into = scratchInts(entries);
  for (let i = 0, at = 0; i < count; i++) {
    if (gathered[i] === gathered[i + 1]) continue;
    const row = rows[i]!;
    const end = offsets[row + 1]!;
    for (let e = offsets[row]!; e < end; e++) into[at++] = numbers[e]!;
  }
  return { offsets: gathered, values: into, valueCount };
}

/**
 * The table of a key of a plan. A tuple's values are JSON arrays, so that ("a_b", "c") and ("a", "b_c") stay apart; a
 * candidate without one of its parts has no value.
 */
export function keyTableOf(input: RankInput, key: PlannedKey): KeyTable {
  const [first, ...others] = key;
  if (first === undefined) return createKeyTable(input.ids.map(() => undefined));
  if (others.length === 0) return input.key(first);
  const name = JSON.stringify(key);
  const known = input.tuples.get(name);
  if (known !== undefined) return known;
  const parts = mapPacked(key, (each) => input.key(each));
  const table = joinTables(parts, input.ids.length);
  input.tuples.set(name, table);
  return table;
}

/** Integers up to here are exact. */
const exact = 2 ** 53;

/** The table of the tuples of several parts, numbered as they first appear, candidate after candidate. */
function joinTables(parts: readonly KeyTable[], count: number): KeyTable {
  const combinations = parts.reduce((product, { valueCount }) => product * Math.max(1, valueCount), 1);
  if (combinations > exact)
    return createKeyTable(Array.from({ length: count }, (_, i) => tuplesOf(parts.map((table) => valuesIn(table, i)))));
  // A tuple as one number: its parts' numbers are the digits.
  const isSingle = parts.every(({ offsets }) => offsets[count]! <= count && isAtMostOne(offsets, count));
  const { offsets, numbers, tuples } = isSingle
    ? numberTuples(parts, count, combinations)
    : numberManyTuples(parts, count);
  const ownValues = once(() => mapPacked(parts, (part) => part.values()));
  const valueOf = (number: number): KeyValue => tupleText(partsOf(tuples[number]!, ownValues()));
  const values = once(() => Array.from(tuples, (_, i) => valueOf(i)));
  return { offsets, numbers, valueCount: tuples.length, values, valueOf };
}

/** Numbers of tuples, candidate after candidate as offsets say, and the tuples by their numbers. */
interface NumberedTuples extends Pick<KeyTable, "offsets" | "numbers"> {
  readonly tuples: Float64Array;
}

/** So many combinations are looked up in a table. */
const tableLimit = 2 ** 15;

/** Of candidates with at most one value of each part. */
function numberTuples(parts: readonly KeyTable[], count: number, combinations: number): NumberedTuples {
  const offsets = keptInts(count + 1);
  const numbers = keptInts(count);
  const tuples = scratchNumbers(count);
  let entries = 0;
  let known = 0;
  const isDirect = combinations <= tableLimit;
  // Numbers, one more each, at most half as many as there are places. A map of a request's own would be grown for each request.
  const bits = 32 - Math.clz32(2 * count);
  const places = scratchInts(isDirect ? combinations : 2 ** bits);
  for (let i = 0; i < count; i++) {
    const tuple = singleTuple(parts, i);
    if (tuple >= 0) {
      const at = isDirect ? tuple : placeOf(tuple, places, bits, tuples);
      if (places[at] === 0) {
        tuples[known] = tuple;
        places[at] = ++known;
      }
      numbers[entries++] = places[at]! - 1;
    }
    offsets[i + 1] = entries;
  }
  const kept = keptNumbers(known);
  for (let t = 0; t < known; t++) kept[t] = tuples[t]!;
  return { offsets, numbers: numbers.subarray(0, entries), tuples: kept };
}

/** Where the number of a tuple is, or where it goes: the first free place from that of its hash on. */
function placeOf(tuple: number, places: Int32Array, bits: number, tuples: Float64Array): number {
  const word = (tuple % 2 ** 32) ^ (tuple / 2 ** 32);
  let at = Math.imul(word, 0x9e3779b1) >>> (32 - bits);
  while (places[at] !== 0 && tuples[places[at]! - 1] !== tuple) at = (at + 1) & (places.length - 1);
  return at;
}

function numberManyTuples(parts: readonly KeyTable[], count: number): NumberedTuples {
  const known = new Map<number, number>();
  const numberOf = (tuple: number): number => {
    const found = known.get(tuple);
    if (found !== undefined) return found;
    known.set(tuple, known.size);
    return known.size - 1;
  };
  const offsets = keptInts(count + 1);
  const entries = new Entries(2 * count);
  for (let i = 0; i < count; i++) {
    entries.addAll(distinct(tuplesIn(parts, i).map(numberOf)));
    offsets[i + 1] = entries.count;
  }
  return { offsets, numbers: entries.all(), tuples: Float64Array.from(known.keys()) };
}

function isAtMostOne(offsets: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (offsets[i + 1]! - offsets[i]! > 1) return false;
  return true;
}

/** The tuple of a candidate with at most one value of each part, or −1. */
function singleTuple(parts: readonly KeyTable[], row: number): number {
  let tuple = 0;
  for (const { offsets, numbers, valueCount } of parts) {
    const at = offsets[row]!;
    if (at === offsets[row + 1]) return -1;
    tuple = tuple * valueCount + numbers[at]!;
  }
  return tuple;
}

function tuplesIn(parts: readonly KeyTable[], row: number): readonly number[] {
  return parts.reduce<readonly number[]>(
    (sofar, { offsets, numbers, valueCount }) => {
      const own = numbers.subarray(offsets[row], offsets[row + 1]);
      return sofar.flatMap((tuple) => Array.from(own, (number) => tuple * valueCount + number));
    },
    [0],
  );
}

/** The values of a tuple, from its digits. */
function partsOf(tuple: number, values: readonly (readonly KeyValue[])[]): readonly KeyValue[] {
  const [first, second] = values;
  // Most have two; an array that is filled from its end is made larger than it need be.
  if (values.length === 2 && first !== undefined && second !== undefined)
    return [first[Math.floor(tuple / second.length) % first.length]!, second[tuple % second.length]!];
  const parts: KeyValue[] = [];
  for (let p = values.length - 1, rest = tuple; p >= 0; p--) {
    const own = values[p]!;
    parts[p] = own[rest % own.length]!;
    rest = Math.floor(rest / own.length);
  }
  return parts;
}

/** Every choice of one value per part, as text. */
function tuplesOf(parts: readonly (readonly KeyValue[])[]): readonly string[] {
  const chosen = parts.reduce<readonly (readonly KeyValue[])[]>(
    (sofar, values) => sofar.flatMap((tuple) => values.map((value) => [...tuple, value])),
    [[]],
  );
  return chosen.map(tupleText);
}

function valuesIn({ offsets, numbers, values }: KeyTable, row: number): readonly KeyValue[] {
  const all = values();
  return Array.from(numbers.subarray(offsets[row], offsets[row + 1]), (number) => all[number]!);
}

/** A value of a plan's key as caps and pace name it: a JSON array. */
export function keyText(key: PlannedKey, value: KeyValue): string {
  if (key.length > 1) return String(value);
  return isPlain(value) ? `["${value}"]` : JSON.stringify([value]);
}

/** A JSON array. */
function tupleText(parts: readonly KeyValue[]): string {
  let text = "";
  for (const part of parts) {
    if (!isPlain(part)) return JSON.stringify(parts);
    text = text === "" ? `["${part}` : `${text}","${part}`;
  }
  return `${text}"]`;
}

/** Whether it is a text in which JSON has nothing to escape: most are. */
function isPlain(value: KeyValue): boolean {
  if (typeof value !== "string") return false;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit >= 0xd800) return false;
  }
  return true;
}

/** The values of a plan's key for items that pages before showed, like its table; of those that `keeps` says no to none. */
export function shownValues(
  shown: ShownItems,
  key: PlannedKey,
  keeps?: (item: number) => boolean,
): readonly (readonly KeyValue[])[] {
  const parts = key.map((name) => shown.values(name));
  return Array.from({ length: shown.count }, (_, item) => {
    if (keeps?.(item) === false) return [];
    const own = parts.map((values) => values[item] ?? []);
    return own.length === 1 ? (own[0] ?? []) : tuplesOf(own);
  });
}

/** Their values as numbers of the table; values that no candidate has do not matter and are left out. */
export function shownNumbers(table: KeyTable, shown: readonly (readonly KeyValue[])[]): readonly (readonly number[])[] {
  if (shown.length === 0) return [];
  const known = new Map(table.values().map((value, i) => [value, i]));
  return shown.map((item) =>
    [...new Set(item)].flatMap((value) => {
      const found = known.get(value);
      return found === undefined ? [] : [found];
    }),
  );
}
