/** Rows by the group that they belong to. */

/** The rows of group g are rows[starts[g] … starts[g + 1]). */
export interface RowsByGroup {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Rows of each group, in the order given; rows of a negative group are left out. */
export function splitByGroup(order: Int32Array, groups: Int32Array): RowsByGroup {
  let largest = -1;
  for (const group of groups) largest = Math.max(largest, group);
  const starts = new Int32Array(largest + 2);
  for (const group of groups) if (group >= 0) starts[group + 1] = starts[group + 1]! + 1;
  for (let group = 0; group <= largest; group++) starts[group + 1] = starts[group + 1]! + starts[group]!;
  const rows = new Int32Array(starts[largest + 1] ?? 0);
  const next = starts.slice();
  for (const row of order) {
    const group = groups[row]!;
    if (group < 0) continue;
    const index = next[group]!;
    rows[index] = row;
    next[group] = index + 1;
  }
  return { starts, rows };
}
