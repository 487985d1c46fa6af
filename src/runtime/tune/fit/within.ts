/** Columns without what all rows of a request share: only differences inside of a request move a list. */

/**
 * Each value minus its request's mean; rows of request g are [starts[g], starts[g + 1]). Rows of weight 0 do not count, and
 * become 0.
 */
export function centerWithin(values: Float64Array, starts: Int32Array, weights?: Float64Array): Float64Array {
  const centered = new Float64Array(values.length);
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  for (let g = 0; g + 1 < starts.length; g++) {
    const [start, end] = [starts[g]!, starts[g + 1]!];
    let sum = 0;
    let total = 0;
    for (let row = start; row < end; row++) {
      sum += weightOf(row) * values[row]!;
      total += weightOf(row);
    }
    if (total === 0) continue;
    for (let row = start; row < end; row++) if (weightOf(row) > 0) centered[row] = values[row]! - sum / total;
  }
  return centered;
}

/** log(1 + y / mean of the y above 0): a long tail of amounts no longer decides a fit on its own; 0 stays 0. */
export function compressAmounts(values: Float64Array): Float64Array {
  let sum = 0;
  let count = 0;
  for (const value of values)
    if (value > 0) {
      sum += value;
      count += 1;
    }
  const scale = count > 0 ? sum / count : 1;
  return values.map((value) => Math.log1p(Math.max(0, value) / scale));
}
