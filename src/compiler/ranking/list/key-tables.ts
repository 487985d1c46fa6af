import type { KeyTable, KeyValue, PlannedKey, RankInput, ShownItems } from "../plan.js";
import type { KeyColumn } from "./problem.js";

/** Interns a column of values, several per candidate where there is a list; `undefined` is not a value. */
export function createKeyTable(rows: readonly (KeyValue | readonly KeyValue[] | undefined)[]): KeyTable {
  const known = new Map<KeyValue, number>();
  const values: KeyValue[] = [];
  const offsets = new Int32Array(rows.length + 1);
  const numbers: number[] = [];
  const intern = (value: KeyValue): number => {
    const found = known.get(value);
    if (found !== undefined) return found;
    known.set(value, values.length);
    values.push(value);
    return values.length - 1;
  };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row === "object") {
      const several = [...new Set(row.map(intern))].sort((a, b) => a - b);
      numbers.push(...several);
    } else if (row !== undefined) numbers.push(intern(row));
    offsets[i + 1] = numbers.length;
  }
  return { offsets, numbers: Int32Array.from(numbers), values };
}

/** The rows' values as the list builder wants them; rows that `keeps` says no to have none. */
export function gatherKeys({ offsets, numbers, values }: KeyTable, rows: Int32Array, keeps?: Uint8Array): KeyColumn {
  const count = rows.length;
  const gathered = new Int32Array(count + 1);
  let entries = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    if (keeps === undefined || keeps[row] === 1) entries += offsets[row + 1]! - offsets[row]!;
    gathered[i + 1] = entries;
  }
  const into = new Int32Array(entries);
  for (let i = 0, at = 0; i < count; i++) {
    if (gathered[i] === gathered[i + 1]) continue;
    const row = rows[i]!;
    const end = offsets[row + 1]!;
    for (let e = offsets[row]!; e < end; e++) into[at++] = numbers[e]!;
  }
  return { offsets: gathered, values: into, valueCount: values.length };
}

/**
 * The table of a key of a plan. A tuple's values are JSON arrays, so that ("a_b", "c") and ("a", "b_c") stay apart; a
 * candidate without one of its parts has no value.
 */
export function keyTableOf(input: RankInput, key: PlannedKey): KeyTable {
  const [first, ...others] = key;
  if (first === undefined) return createKeyTable(input.ids.map(() => undefined));
  if (others.length === 0) return input.key(first);
  const tables = key.map((name) => input.key(name));
  return createKeyTable(input.ids.map((_, i) => tuplesOf(tables.map((table) => valuesIn(table, i)))));
}

/** Every choice of one value per part, as text. */
function tuplesOf(parts: readonly (readonly KeyValue[])[]): readonly string[] {
  const tuples = parts.reduce<readonly (readonly KeyValue[])[]>(
    (sofar, values) => sofar.flatMap((tuple) => values.map((value) => [...tuple, value])),
    [[]],
  );
  return tuples.map((tuple) => JSON.stringify(tuple));
}

function valuesIn({ offsets, numbers, values }: KeyTable, row: number): readonly KeyValue[] {
  return Array.from(numbers.subarray(offsets[row], offsets[row + 1]), (number) => values[number]!);
}

/** A value of a plan's key as caps and pace name it: a JSON array. */
export function keyText(key: PlannedKey, value: KeyValue): string {
  return key.length > 1 ? String(value) : JSON.stringify([value]);
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
  const known = new Map(table.values.map((value, i) => [value, i]));
  return shown.map((item) =>
    [...new Set(item)].flatMap((value) => {
      const found = known.get(value);
      return found === undefined ? [] : [found];
    }),
  );
}
