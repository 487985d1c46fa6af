import type { Frame } from "../formulas/index.js";

/** The frame of some of its candidates, in the order given. */
export function selectRows(frame: Frame, rows: Int32Array): Frame {
  const pick = <T>(columns: ReadonlyMap<string, readonly T[]>): ReadonlyMap<string, readonly T[]> =>
    new Map([...columns].map(([name, column]) => [name, Array.from(rows, (row) => column[row] as T)]));
  return {
    ...frame,
    count: rows.length,
    numbers: new Map(
      [...frame.numbers].map(([name, column]) => [name, Float64Array.from(rows, (row) => column[row]!)]),
    ),
    texts: pick(frame.texts),
    lists: pick(frame.lists),
    vectors: pick(frame.vectors),
  };
}
