import type { Diversity, Similarity } from "../list/problem.js";

/** What each candidate would add to the list so far; follows the search forth and back. */
export interface Gains {
  /** Gain of every candidate, given the candidates added. Greater is better; −∞ adds nothing. */
  readonly of: Float64Array;
  readonly add: (candidate: number) => void;
  /** Takes the newest candidate back; the gains are those of before, bit for bit. */
  readonly remove: () => void;
  readonly reset: () => void;
}

/** Variance under which a candidate is within the span of those before it (dpp). */
const leastResidual = 1e-9;

/**
 * Marginal gains for choosing position by position.
 *
 * `mmr`: λ·r − (1 − λ)·max similarity (Carbonell & Goldstein, SIGIR 1998).
 *
 * `dpp`: the greedy MAP of Chen, Zhang & Zhou (NeurIPS 2018) for the kernel L = Q S Q, Q = diag(exp(α r)),
 * α = θ / (2 (1 − θ)). The factors of Q come out of the determinant, so the gain is θ/(1 − θ)·r + ln(residual of S), and
 * the incremental Cholesky rows are only those of S: no overflow for any θ < 1.
 */
export function createGains(diversity: Diversity, count: number): Gains {
  return diversity.kind === "mmr" ? createMmr(diversity, count) : createDpp(diversity, count);
}

/** Gains that differ by less than the arithmetic's noise are equal: then the order of the candidates decides. */
function roundGain(gain: number): number {
  return Math.round(gain * 1e9) / 1e9;
}

function createMmr({ weight, relevance, similarity }: Diversity, count: number): Gains {
  const nearest = new Float64Array(count);
  const of = new Float64Array(count);
  const row = new Float64Array(count);
  const added: number[] = [];
  const apply = (candidate: number, isFirst: boolean): void => {
    fillSimilarity(similarity, candidate, count, row);
    for (let i = 0; i < count; i++) {
      const near = row[i]!;
      if (isFirst || near > nearest[i]!) nearest[i] = near;
    }
  };
  const refresh = (): void => {
    for (let i = 0; i < count; i++) of[i] = roundGain(weight * relevance[i]! - (1 - weight) * nearest[i]!);
  };
  const reset = (): void => {
    added.length = 0;
    nearest.fill(0);
    refresh();
  };
  reset();
  return {
    of,
    reset,
    add: (candidate) => {
      apply(candidate, added.length === 0);
      added.push(candidate);
      refresh();
    },
    remove: () => {
      added.pop();
      nearest.fill(0);
      added.forEach((candidate, i) => apply(candidate, i === 0));
      refresh();
    },
  };
}

function createDpp(diversity: Diversity, count: number): Gains {
  const { weight, relevance, similarity } = diversity;
  const slope = weight / (1 - weight);
  const of = new Float64Array(count);
  const own = Float64Array.from({ length: count }, (_, i) => ownSimilarity(diversity.similarity, i));
  const residual = new Float64Array(count);
  const rows: Float64Array[] = [];
  const added: number[] = [];
  const refresh = (): void => {
    for (let i = 0; i < count; i++) {
      const left = residual[i]!;
      of[i] = left > leastResidual ? roundGain(slope * relevance[i]! + Math.log(left)) : -Infinity;
    }
  };
  const reset = (): void => {
    added.length = 0;
    residual.set(own);
    refresh();
  };
  reset();
  return {
    of,
    reset,
    add: (candidate) => {
      const depth = added.length;
      const row = (rows[depth] ??= new Float64Array(count));
      const left = residual[candidate]!;
      if (left > leastResidual) {
        fillSimilarity(similarity, candidate, count, row);
        for (let k = 0; k < depth; k++) {
          const earlier = rows[k] as Float64Array;
          const factor = earlier[candidate]!;
          if (factor !== 0) for (let i = 0; i < count; i++) row[i]! -= factor * earlier[i]!;
        }
        const scale = 1 / Math.sqrt(left);
        for (let i = 0; i < count; i++) row[i] = row[i]! * scale;
      } else row.fill(0);
      added.push(candidate);
      for (let i = 0; i < count; i++) residual[i]! -= row[i]! * row[i]!;
      refresh();
    },
    remove: () => {
      added.pop();
      residual.set(own);
      for (let k = 0; k < added.length; k++) {
        const row = rows[k] as Float64Array;
        for (let i = 0; i < count; i++) residual[i]! -= row[i]! * row[i]!;
      }
      refresh();
    },
  };
}

/** The similarity of one candidate to each, itself included. */
function fillSimilarity(similarity: Similarity, candidate: number, count: number, into: Float64Array): void {
  if (similarity.kind === "vectors") {
    const { rows, dimension } = similarity;
    const at = candidate * dimension;
    for (let i = 0, from = 0; i < count; i++, from += dimension) {
      let sum = 0;
      for (let d = 0; d < dimension; d++) sum += rows[at + d]! * rows[from + d]!;
      into[i] = sum;
    }
  } else {
    const { offsets, values } = similarity.keys;
    const from = offsets[candidate]!;
    const to = offsets[candidate + 1]!;
    for (let i = 0; i < count; i++) {
      let [a, b, shared] = [from, offsets[i]!, 0];
      const end = offsets[i + 1]!;
      while (a < to && b < end) {
        const [x, y] = [values[a]!, values[b]!];
        if (x === y) shared++;
        if (x <= y) a++;
        if (y <= x) b++;
      }
      const all = to - from + end - offsets[i]! - shared;
      into[i] = all === 0 ? 0 : shared / all;
    }
  }
  into[candidate] = ownSimilarity(similarity, candidate);
}

/** 1, but for dot products of rows that are not of unit length. */
function ownSimilarity(similarity: Similarity, candidate: number): number {
  if (similarity.kind === "keys") return 1;
  const { rows, dimension } = similarity;
  let squares = 0;
  for (let d = 0; d < dimension; d++) squares += rows[candidate * dimension + d]! ** 2;
  return squares > 0 ? squares : 1;
}
