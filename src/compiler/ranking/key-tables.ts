import type { KeyTable } from "./plan.js";
import type { KeyColumn } from "./problem.js";

type KeyValue = string | number | boolean;

/** Interns a column of values, several of them a candidate where there is a list; `undefined` is no value. */
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
    const row = rows[i] as number;
    if (keeps === undefined || keeps[row] === 1) entries += (offsets[row + 1] as number) - (offsets[row] as number);
    gathered[i + 1] = entries;
  }
  const into = new Int32Array(entries);
  for (let i = 0, at = 0; i < count; i++) {
    if (gathered[i] === gathered[i + 1]) continue;
    const row = rows[i] as number;
    const end = offsets[row + 1] as number;
    for (let e = offsets[row] as number; e < end; e++) into[at++] = numbers[e] as number;
  }
  return { offsets: gathered, values: into, valueCount: values.length };
}

/** The tail's values as numbers of the table; values that no candidate has do not matter and are left out. */
export function tailNumbers(table: KeyTable, tail: readonly (readonly KeyValue[])[]): readonly (readonly number[])[] {
  if (tail.length === 0) return [];
  const known = new Map(table.values.map((value, i) => [value, i]));
  return tail.map((place) =>
    [...new Set(place)].flatMap((value) => {
      const found = known.get(value);
      return found === undefined ? [] : [found];
    }),
  );
}
