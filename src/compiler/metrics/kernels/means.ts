/** Sums over rows, in double precision and in the order of the rows. */

/** Σ w f(row) / Σ w; undefined when the weights sum to 0. */
export function weightedMean(weights: Float32Array, valueOf: (row: number) => number): number | undefined {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    // A row of no weight may hold anything, infinities included.
    if (weight === 0) continue;
    sum += weight * valueOf(row);
    total += weight;
  }
  return total > 0 ? sum / total : undefined;
}
