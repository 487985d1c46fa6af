import type { KeyColumn, ListProblem, WindowConstraint } from "../../src/compiler/ranking/index.js";

/** A key column from the values of each candidate. */
export function keyColumn(rows: readonly (readonly number[])[]): KeyColumn {
  const sorted = rows.map((row) => [...new Set(row)].sort((a, b) => a - b));
  const offsets = new Int32Array(rows.length + 1);
  sorted.forEach((row, i) => (offsets[i + 1] = (offsets[i] as number) + row.length));
  const values = Int32Array.from(sorted.flat());
  // Some values that no candidate has: the tail may provide them.
  return { offsets, values, valueCount: Math.max(0, ...values) + 5 };
}

export function hardWindow(
  name: string,
  most: number,
  size: number,
  rows: readonly (readonly number[])[],
): WindowConstraint {
  return { name, most, size, keys: keyColumn(rows), tail: [], strength: { kind: "hard", otherwise: "shorten" } };
}

export function problemOf(problem: Partial<ListProblem> & Pick<ListProblem, "count" | "length">): ListProblem {
  return { windows: [], caps: [], quotas: [], pins: [], budget: 1000, ...problem };
}
