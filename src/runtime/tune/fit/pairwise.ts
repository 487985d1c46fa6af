/** Pairwise logistic regression: which of two items people preferred, on differences of a formula's columns. */
import { nonnegativeQuadratic } from "./nonnegative.js";

/** Rows of pairs: the one that was preferred, and the other. */
export interface Pairs {
  readonly winners: Int32Array;
  readonly losers: Int32Array;
}

/** All pairs of rows of one group whose labels differ; the larger label wins. `starts` cuts the rows into groups. */
export function pairsOf(labels: Float64Array, starts: Int32Array): Pairs {
  const winners: number[] = [];
  const losers: number[] = [];
  for (let group = 0; group + 1 < starts.length; group++)
    for (let i = starts[group]!; i < starts[group + 1]!; i++)
      for (let j = starts[group]!; j < starts[group + 1]!; j++)
        if (labels[i]! > labels[j]!) {
          winners.push(i);
          losers.push(j);
        }
  return { winners: Int32Array.from(winners), losers: Int32Array.from(losers) };
}

/**
 * Minimises the mean of log(1 + exp(−Σ b_j (x_winner,j − x_loser,j))) + λ/2 Σ b_j² over b ≥ 0 (Bradley and Terry, 1952, with
 * covariates): Newton steps, each a non-negative quadratic, shortened until the loss falls.
 *
 * @param penalty λ > 0: preferences that a column explains without exception would send it to infinity
 */
export function fitPairwiseLogistic(columns: readonly Float64Array[], pairs: Pairs, penalty: number): Float64Array {
  const p = columns.length;
  const { differences, count } = differencesOf(columns, pairs);
  let b = new Float64Array(p);
  let loss = lossOf(differences, count, b, penalty);
  for (let step = 0; step < 100; step++) {
    const gram = new Float64Array(p * p);
    const gradient = Float64Array.from(b, (value) => penalty * value);
    for (let i = 0; i < p; i++) gram[i * p + i] = penalty;
    for (let row = 0; row < count; row++) {
      const miss = 1 / (1 + Math.exp(margin(differences, row, b)));
      const curvature = miss * (1 - miss);
      for (let i = 0; i < p; i++) {
        const x = differences[row * p + i]!;
        gradient[i]! -= (miss * x) / count;
        for (let j = 0; j < p; j++)
          gram[i * p + j] = gram[i * p + j]! + (curvature * x * differences[row * p + j]!) / count;
      }
    }
    const h = gradient.map((g, i) => b.reduce((sum, value, j) => sum + gram[i * p + j]! * value, -g));
    const target = nonnegativeQuadratic(gram, h);
    let share = 1;
    let next = target.slice();
    let nextLoss = lossOf(differences, count, next, penalty);
    while (nextLoss > loss && share > 1e-10) {
      share /= 2;
      next = b.map((value, i) => value + share * (target[i]! - value));
      nextLoss = lossOf(differences, count, next, penalty);
    }
    const moved = Math.max(...next.map((value, i) => Math.abs(value - b[i]!)), 0);
    if (nextLoss > loss) return b;
    b = next;
    loss = nextLoss;
    if (moved < 1e-12) return b;
  }
  return b;
}

function differencesOf(
  columns: readonly Float64Array[],
  { winners, losers }: Pairs,
): { readonly differences: Float64Array; readonly count: number } {
  const p = columns.length;
  const differences = new Float64Array(winners.length * p);
  for (const [j, column] of columns.entries())
    for (let row = 0; row < winners.length; row++)
      differences[row * p + j] = column[winners[row]!]! - column[losers[row]!]!;
  return { differences, count: winners.length };
}

function margin(differences: Float64Array, row: number, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < b.length; j++) sum += b[j]! * differences[row * b.length + j]!;
  return sum;
}

function lossOf(differences: Float64Array, count: number, b: Float64Array, penalty: number): number {
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const m = margin(differences, row, b);
    sum += m > 0 ? Math.log1p(Math.exp(-m)) : -m + Math.log1p(Math.exp(m));
  }
  return sum / count + (penalty / 2) * b.reduce((total, value) => total + value * value, 0);
}
