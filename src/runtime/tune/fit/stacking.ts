/** Stacking: a long-term label regressed on the columns of a formula. */
import { nonnegativeQuadratic } from "./nonnegative.js";

export interface LinearFit {
  /** One per column, ≥ 0, in the columns' own units. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/**
 * Non-negative ridge: minimises Σ w (y − c − Σ b_j x_j)² / Σ w + λ Σ (s_j b_j)² over b ≥ 0, where s_j is the deviation of
 * column j, so that the penalty does not know the columns' units. A column that does not vary gets 0. On logarithms of
 * heads the coefficients are, up to a common factor, the exponents of a product (the direction of a single-index model is
 * found by least squares whatever its link: Brillinger 1983; Li and Duan, Annals of Statistics 1989).
 *
 * @param penalty λ ≥ 0
 */
export function fitNonnegativeRidge(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  penalty: number,
): LinearFit {
  const p = columns.length;
  const total = sumOf(weights);
  const means = columns.map((column) => weightedSum(column, weights) / total);
  const mean = weightedSum(target, weights) / total;
  const gram = new Float64Array(p * p);
  const h = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    const a = columns[i] as Float64Array;
    h[i] = covariance(a, means[i]!, target, mean, weights) / total;
    for (let j = 0; j <= i; j++) {
      const value = covariance(a, means[i]!, columns[j] as Float64Array, means[j]!, weights) / total;
      gram[i * p + j] = value;
      gram[j * p + i] = value;
    }
  }
  const deviations = columns.map((_, i) => Math.sqrt(gram[i * p + i]!));
  const coefficients = fitScaled(gram, h, deviations, penalty);
  const intercept = means.reduce((left, m, i) => left - m * coefficients[i]!, mean);
  return { coefficients, intercept };
}

/** Solves over columns of deviation 1 and scales back. */
function fitScaled(gram: Float64Array, h: Float64Array, deviations: readonly number[], penalty: number): Float64Array {
  const p = h.length;
  const used = deviations.flatMap((s, i) => (s > 1e-12 ? [i] : []));
  const s = (k: number): number => deviations[used[k]!]!;
  const scaled = new Float64Array(used.length ** 2);
  for (const [k, i] of used.entries())
    for (const [l, j] of used.entries())
      scaled[k * used.length + l] = gram[i * p + j]! / (s(k) * s(l)) + (k === l ? penalty : 0);
  const found = nonnegativeQuadratic(
    scaled,
    Float64Array.from(used, (i, k) => h[i]! / s(k)),
  );
  const coefficients = new Float64Array(p);
  for (const [k, i] of used.entries()) coefficients[i] = found[k]! / s(k);
  return coefficients;
}

function covariance(a: Float64Array, meanA: number, b: Float64Array, meanB: number, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += weights[row]! * (a[row]! - meanA) * (b[row]! - meanB);
  return sum;
}

function weightedSum(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += weights[row]! * values[row]!;
  return sum;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
