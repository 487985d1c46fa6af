/** Counts below it have their place in an array, the few that are larger in a map. */
const smallCounts = 2 ** 12;

/** A stable sort by counts, the largest first, of which there are few different ones. */
export function byCounts(values: Int32Array, countOf: (value: number) => number): Int32Array {
  const small = new Int32Array(smallCounts);
  const large = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    const count = countOf(values[i]!);
    if (count < smallCounts) small[count]! += 1;
    else large.set(count, (large.get(count) ?? 0) + 1);
  }
  // From how many values of a count there are to where they begin.
  let start = 0;
  for (const [count, size] of [...large].sort(([a], [b]) => b - a)) {
    large.set(count, start);
    start += size;
  }
  for (let count = smallCounts - 1; count >= 0; count--) {
    const size = small[count]!;
    small[count] = start;
    start += size;
  }
  const ordered = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const count = countOf(value);
    let at: number;
    if (count < smallCounts) {
      at = small[count]!;
      small[count] = at + 1;
    } else {
      at = large.get(count)!;
      large.set(count, at + 1);
    }
    ordered[at] = value;
  }
  return ordered;
}
