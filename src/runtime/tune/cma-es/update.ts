/** One generation of CMA-ES as two pure functions: sampling, and the update by the costs of the samples. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { CmaConstants } from "./constants.js";

/** The search distribution N(mean, sigma² C) with its memory. Matrices are row-major. */
export interface CmaState {
  readonly constants: CmaConstants;
  /** Generations done. */
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  /** C. */
  readonly covariance: Float64Array;
  /** C = B diag(d²) Bᵀ. */
  readonly axes: Float64Array;
  readonly lengths: Float64Array;
  /** p_c and p_σ. */
  readonly path: Float64Array;
  readonly stepPath: Float64Array;
}

export function createCmaState(mean: Float64Array, sigma: number, constants: CmaConstants): CmaState {
  const n = mean.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return {
    constants,
    generation: 0,
    mean: mean.slice(),
    sigma,
    covariance: identity,
    axes: identity.slice(),
    lengths: new Float64Array(n).fill(1),
    path: new Float64Array(n),
    stepPath: new Float64Array(n),
  };
}

/** λ points: mean + σ B D z for standard normal draws z, n a point. */
export function sampleCma(state: CmaState, normal: () => number): readonly Float64Array[] {
  const { constants, mean, sigma, axes, lengths } = state;
  const n = mean.length;
  return Array.from({ length: constants.population }, () => {
    const scaled = Float64Array.from(lengths, (length) => length * normal());
    return mean.map((center, i) => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += at(axes, i * n + j) * at(scaled, j);
      return center + sigma * sum;
    });
  });
}

/** The state after a generation whose points are given best first (equations 41 to 47 of the tutorial). */
export function updateCma(state: CmaState, ranked: readonly Float64Array[]): CmaState {
  const { constants, mean, sigma, covariance } = state;
  const { weights, mass, pathRate, stepPathRate, rankOneRate, rankManyRate, damping, meanRate, expectedLength } =
    constants;
  const n = mean.length;
  const steps = ranked.map((point) => point.map((x, i) => (x - at(mean, i)) / sigma));

  const shift = new Float64Array(n);
  for (let k = 0; k < constants.parents; k++)
    for (let i = 0; i < n; i++) shift[i] = at(shift, i) + at(weights, k) * at(steps[k] ?? shift, i);

  const keptStep = Math.sqrt(stepPathRate * (2 - stepPathRate) * mass);
  const white = whiten(state, shift);
  const stepPath = state.stepPath.map((p, i) => (1 - stepPathRate) * p + keptStep * at(white, i));
  const length = Math.sqrt(dot(stepPath, stepPath));

  // While σ grows fast, p_c is still: it would stretch C along a step that is only too small.
  const settled = Math.sqrt(1 - (1 - stepPathRate) ** (2 * (state.generation + 1)));
  const isSteady = length / settled < (1.4 + 2 / (n + 1)) * expectedLength;
  const kept = isSteady ? Math.sqrt(pathRate * (2 - pathRate) * mass) : 0;
  const path = state.path.map((p, i) => (1 - pathRate) * p + kept * at(shift, i));

  const lost = isSteady ? 0 : rankOneRate * pathRate * (2 - pathRate);
  const weightSum = weights.reduce((sum, w) => sum + w, 0);
  const decay = 1 + lost - rankOneRate - rankManyRate * weightSum;
  const next = covariance.map((c) => decay * c);
  addOuter(next, path, rankOneRate);
  for (const [k, step] of steps.entries()) {
    const weight = at(weights, k);
    // A bad point may take away no more than a step of expected length would.
    const scale = weight >= 0 ? 1 : n / squaredLength(whiten(state, step));
    addOuter(next, step, rankManyRate * weight * scale);
  }
  return {
    constants,
    generation: state.generation + 1,
    mean: mean.map((m, i) => m + meanRate * sigma * at(shift, i)),
    sigma: sigma * Math.exp(Math.min(1, (stepPathRate / damping) * (length / expectedLength - 1))),
    covariance: next,
    ...decompose(next, n),
    path,
    stepPath,
  };
}

/** C^(-1/2) v. */
function whiten({ axes, lengths }: CmaState, v: Float64Array): Float64Array {
  const n = v.length;
  const along = lengths.map((length, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += at(axes, i * n + j) * at(v, i);
    return sum / length;
  });
  return v.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += at(axes, i * n + j) * at(along, j);
    return sum;
  });
}

function decompose(covariance: Float64Array, n: number): Pick<CmaState, "axes" | "lengths"> {
  const matrix = Matrix.from1DArray(n, n, Array.from(covariance));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return {
    axes: Float64Array.from(eigenvectorMatrix.to1DArray()),
    // Rounding may leave an eigenvalue of a flat direction at 0 or below.
    lengths: Float64Array.from(realEigenvalues, (value) => Math.sqrt(Math.max(value, 1e-300))),
  };
}

/** m += factor v vᵀ, symmetric bit for bit. */
function addOuter(m: Float64Array, v: Float64Array, factor: number): void {
  const n = v.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) m[i * n + j] = at(m, i * n + j) + factor * (at(v, i) * at(v, j));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

function squaredLength(v: Float64Array): number {
  return Math.max(dot(v, v), 1e-300);
}

function at(values: Float64Array, index: number): number {
  return values[index]!;
}
