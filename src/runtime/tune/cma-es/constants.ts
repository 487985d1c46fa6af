/** The constants of CMA-ES: Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, table 1. */

export interface CmaConstants {
  /** λ: points a generation. */
  readonly population: number;
  /** μ: how many of the best move the mean. */
  readonly parents: number;
  /** w_1 … w_λ, best first: the first μ sum to 1, the others are ≤ 0. */
  readonly weights: Float64Array;
  /** μ_eff: the variance effective selection mass of the positive weights. */
  readonly mass: number;
  /** c_c, c_σ: rates of the two paths. */
  readonly pathRate: number;
  readonly stepPathRate: number;
  /** c_1, c_μ: rates of the covariance's rank-one and rank-μ updates. */
  readonly rankOneRate: number;
  readonly rankManyRate: number;
  /** d_σ. */
  readonly damping: number;
  /** c_m. */
  readonly meanRate: number;
  /** E‖N(0, I)‖. */
  readonly expectedLength: number;
}

/** The population that the tutorial proposes: 4 + ⌊3 ln n⌋. */
export function defaultPopulation(dimension: number): number {
  return 4 + Math.floor(3 * Math.log(dimension));
}

/** @param population λ ≥ 2 */
export function cmaConstants(dimension: number, population = defaultPopulation(dimension)): CmaConstants {
  const n = dimension;
  const parents = Math.floor(population / 2);
  const raw = Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const mass = effectiveMass(raw.slice(0, parents));
  const negativeMass = effectiveMass(raw.slice(parents));
  const rankOneRate = 2 / ((n + 1.3) ** 2 + mass);
  const rankManyRate = Math.min(1 - rankOneRate, (2 * (0.25 + mass + 1 / mass - 2)) / ((n + 2) ** 2 + mass));
  const negativeSum = Math.min(
    1 + rankOneRate / rankManyRate,
    1 + (2 * negativeMass) / (mass + 2),
    (1 - rankOneRate - rankManyRate) / (n * rankManyRate),
  );
  const above = raw.reduce((sum, w) => sum + Math.max(0, w), 0);
  const below = raw.reduce((sum, w) => sum - Math.min(0, w), 0);
  const stepPathRate = (mass + 2) / (n + mass + 5);
  return {
    population,
    parents,
    weights: Float64Array.from(raw, (w) => (w >= 0 ? w / above : (w * negativeSum) / below)),
    mass,
    pathRate: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    stepPathRate,
    rankOneRate,
    rankManyRate,
    damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + stepPathRate,
    meanRate: 1,
    expectedLength: expectedLength(n),
  };
}

function effectiveMass(weights: readonly number[]): number {
  const sum = weights.reduce((total, w) => total + w, 0);
  const squares = weights.reduce((total, w) => total + w * w, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/** Exactly: √(2/π) in one dimension, and the product of two that follow each other is the smaller n. */
function expectedLength(n: number): number {
  let length = Math.sqrt(2 / Math.PI);
  for (let k = 1; k < n; k++) length = k / length;
  return length;
}
