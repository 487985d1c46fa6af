import type { Diversity, KeyColumn, Similarity } from "../list/problem.js";

/**
 * What each candidate would add to the list so far; follows the search forth and back. A gain never grows as the list does, so
 * that one that was computed for a shorter list is a bound, and most need not be computed again.
 */
export interface Gains {
  /** At least the gain of every candidate, given the candidates added. */
  readonly bounds: Float64Array;
  /** The gain of a candidate, given those added. Greater is better; −∞ adds nothing. */
  readonly at: (candidate: number) => number;
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
  const bounds = new Float64Array(count);
  /** How many of those added are within a candidate's number. */
  const known = new Int32Array(count);
  const row = new Float64Array(count);
  const added: number[] = [];
  const gainOf = (candidate: number): number =>
    roundGain(weight * relevance[candidate]! - (1 - weight) * nearest[candidate]!);
  /** Without any other, a candidate is near to none; the first may be as far from it as −1. */
  const forget = (candidate: number): void => {
    nearest[candidate] = 0;
    known[candidate] = 0;
    bounds[candidate] = added.length === 0 ? gainOf(candidate) : Infinity;
  };
  const reset = (): void => {
    added.length = 0;
    for (let i = 0; i < count; i++) forget(i);
  };
  reset();
  return {
    bounds,
    reset,
    at: (candidate) => {
      if (known[candidate] === added.length) return bounds[candidate]!;
      for (let k = known[candidate]!; k < added.length; k++) {
        const near = similarityBetween(similarity, added[k]!, candidate);
        if (k === 0 || near > nearest[candidate]!) nearest[candidate] = near;
      }
      known[candidate] = added.length;
      return (bounds[candidate] = gainOf(candidate));
    },
    add: (candidate) => {
      added.push(candidate);
      if (added.length > 1) return;
      fillSimilarity(similarity, candidate, count, row);
      for (let i = 0; i < count; i++) {
        nearest[i] = row[i]!;
        known[i] = 1;
        bounds[i] = gainOf(i);
      }
    },
    remove: () => {
      added.pop();
      for (let i = 0; i < count; i++) if (known[i]! > added.length) forget(i);
    },
  };
}

function createDpp(diversity: Diversity, count: number): Gains {
  const { weight, relevance, similarity } = diversity;
  const slope = weight / (1 - weight);
  const bounds = new Float64Array(count);
  const isKnown = new Uint8Array(count);
  const own = Float64Array.from({ length: count }, (_, i) => ownSimilarity(diversity.similarity, i));
  const residual = new Float64Array(count);
  const rows: Float64Array[] = [];
  const added: number[] = [];
  const reset = (): void => {
    added.length = 0;
    residual.set(own);
    bounds.fill(Infinity);
    isKnown.fill(0);
  };
  reset();
  return {
    bounds,
    reset,
    at: (candidate) => {
      if (isKnown[candidate] === 1) return bounds[candidate]!;
      const left = residual[candidate]!;
      isKnown[candidate] = 1;
      return (bounds[candidate] =
        left > leastResidual ? roundGain(slope * relevance[candidate]! + Math.log(left)) : -Infinity);
    },
    add: (candidate) => {
      const depth = added.length;
      const row = (rows[depth] ??= new Float64Array(count));
      const left = residual[candidate]!;
      added.push(candidate);
      if (left > leastResidual) {
        fillSimilarity(similarity, candidate, count, row);
        subtractEarlier(row, rows, depth, candidate);
        const scale = 1 / Math.sqrt(left);
        for (let i = 0; i < count; i++) {
          const each = row[i]! * scale;
          row[i] = each;
          residual[i]! -= each * each;
        }
        isKnown.fill(0);
      } else row.fill(0);
    },
    remove: () => {
      added.pop();
      residual.set(own);
      for (let k = 0; k < added.length; k++) {
        const row = rows[k] as Float64Array;
        for (let i = 0; i < count; i++) residual[i]! -= row[i]! * row[i]!;
      }
      bounds.fill(Infinity);
      isKnown.fill(0);
    },
  };
}

/** Takes from a new Cholesky row what the `depth` rows before explain of it: four in one pass, and in their order. */
function subtractEarlier(row: Float64Array, rows: readonly Float64Array[], depth: number, candidate: number): void {
  const count = row.length;
  let k = 0;
  for (; k + 3 < depth; k += 4) {
    const [a, b, c, d] = [rows[k]!, rows[k + 1]!, rows[k + 2]!, rows[k + 3]!];
    const [fa, fb, fc, fd] = [a[candidate]!, b[candidate]!, c[candidate]!, d[candidate]!];
    for (let i = 0; i < count; i++) row[i] = row[i]! - fa * a[i]! - fb * b[i]! - fc * c[i]! - fd * d[i]!;
  }
  for (; k < depth; k++) {
    const earlier = rows[k]!;
    const factor = earlier[candidate]!;
    for (let i = 0; i < count; i++) row[i]! -= factor * earlier[i]!;
  }
}

/** The similarity of one candidate to each, itself included. */
function fillSimilarity(similarity: Similarity, candidate: number, count: number, into: Float64Array): void {
  if (similarity.kind === "vectors") fillProducts(similarity, candidate, count, into);
  else for (let i = 0; i < count; i++) into[i] = sharedShare(similarity.keys, candidate, i);
  into[candidate] = ownSimilarity(similarity, candidate);
}

type Vectors = Extract<Similarity, { readonly kind: "vectors" }>;

/** Dot products with each row: four rows at once, so that one sum need not wait for another; each in the order of its dimensions. */
function fillProducts({ rows, dimension }: Vectors, candidate: number, count: number, into: Float64Array): void {
  const own = rows.slice(candidate * dimension, (candidate + 1) * dimension);
  let i = 0;
  for (; i + 3 < count; i += 4) {
    let a = i * dimension;
    let b = a + dimension;
    let c = b + dimension;
    let e = c + dimension;
    let [x, y, z, w] = [0, 0, 0, 0];
    for (let d = 0; d < dimension; d++) {
      const mine = own[d]!;
      x += mine * rows[a++]!;
      y += mine * rows[b++]!;
      z += mine * rows[c++]!;
      w += mine * rows[e++]!;
    }
    into[i] = x;
    into[i + 1] = y;
    into[i + 2] = z;
    into[i + 3] = w;
  }
  for (; i < count; i++) into[i] = productOf(rows, dimension, candidate, i);
}

function productOf(rows: Float64Array, dimension: number, one: number, other: number): number {
  let sum = 0;
  for (let d = 0, a = one * dimension, b = other * dimension; d < dimension; d++) sum += rows[a++]! * rows[b++]!;
  return sum;
}

function similarityBetween(similarity: Similarity, one: number, other: number): number {
  if (one === other) return ownSimilarity(similarity, one);
  return similarity.kind === "vectors"
    ? productOf(similarity.rows, similarity.dimension, one, other)
    : sharedShare(similarity.keys, one, other);
}

/** The values that two candidates share, of all values of the two. */
function sharedShare({ offsets, values }: KeyColumn, one: number, other: number): number {
  let [a, b, shared] = [offsets[one]!, offsets[other]!, 0];
  const [from, to, start, end] = [a, offsets[one + 1]!, b, offsets[other + 1]!];
  while (a < to && b < end) {
    const [x, y] = [values[a]!, values[b]!];
    if (x === y) shared++;
    if (x <= y) a++;
    if (y <= x) b++;
  }
  const all = to - from + end - start - shared;
  return all === 0 ? 0 : shared / all;
}

/** 1, but for dot products of rows that are not of unit length. */
function ownSimilarity(similarity: Similarity, candidate: number): number {
  if (similarity.kind === "keys") return 1;
  const { rows, dimension } = similarity;
  let squares = 0;
  for (let d = 0, at = candidate * dimension; d < dimension; d++, at++) squares += rows[at]! * rows[at]!;
  return squares > 0 ? squares : 1;
}
