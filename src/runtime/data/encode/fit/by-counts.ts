/** A stable sort by counts, the largest first, of which there are few different ones. */
export function byCounts(values: Int32Array, countOf: (value: number) => number): Int32Array {
  const starts = new Map<number, number>();
  for (const value of values) {
    const count = countOf(value);
    starts.set(count, (starts.get(count) ?? 0) + 1);
  }
  let start = 0;
  for (const [count, size] of [...starts].sort(([a], [b]) => b - a)) {
    starts.set(count, start);
    start += size;
  }
  const ordered = new Int32Array(values.length);
  for (const value of values) {
    const count = countOf(value);
    const at = starts.get(count)!;
    ordered[at] = value;
    starts.set(count, at + 1);
  }
  return ordered;
}
