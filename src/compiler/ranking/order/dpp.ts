import type { Diversity, Similarity } from "../list/problem.js";
import { scratchFlags, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { ownSimilarity, similarityBetween } from "./similarity.js";

/** Variance under which a candidate is within the span of those before it. */
const leastResidual = 1e-9;

/** Candidates whose entries are computed together: they stay in the nearest cache from one term to the next. */
const tile = 512;

/**
 * The greedy MAP of a determinantal point process (Chen, Zhang & Zhou, NeurIPS 2018) for the kernel L = Q S Q,
 * Q = diag(exp(α r)), α = θ / (2 (1 − θ)). The factors of Q come out of the determinant, so the gain is
 * θ/(1 − θ)·r + ln(residual of S), and the incremental Cholesky rows are only those of S: no overflow for any θ < 1.
 */
export function createDpp({ weight, relevance, similarity }: Diversity, count: number): Gains {
  const slope = weight / (1 - weight);
  const bounds = scratchNumbers(count);
  const isKnown = scratchFlags(count);
  const own = scratchNumbers(count);
  for (let i = 0; i < count; i++) own[i] = ownSimilarity(similarity, i);
  const columns = columnsOf(similarity, count);
  const residual = scratchNumbers(count);
  const rows: Float64Array[] = [];
  let depth = 0;
  const reset = (): void => {
    depth = 0;
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
      const row = (rows[depth] ??= scratchNumbers(count));
      const left = residual[candidate]!;
      if (left > leastResidual) {
        const scale = 1 / Math.sqrt(left);
        for (let from = 0; from < count; from += tile) {
          const to = Math.min(from + tile, count);
          fillSimilarities(similarity, columns, candidate, row, from, to);
          if (candidate >= from && candidate < to) row[candidate] = own[candidate]!;
          subtractEarlier(row, rows, depth, candidate, from, to);
          for (let i = from; i < to; i++) {
            const each = row[i]! * scale;
            row[i] = each;
            residual[i]! -= each * each;
          }
        }
        isKnown.fill(0);
      } else row.fill(0);
      depth++;
    },
    remove: () => {
      depth--;
      residual.set(own);
      for (let k = 0; k < depth; k++) {
        const row = rows[k]!;
        for (let i = 0; i < count; i++) residual[i]! -= row[i]! * row[i]!;
      }
      bounds.fill(Infinity);
      isKnown.fill(0);
    },
  };
}

/** The vectors a dimension after the other, those of all candidates together; none of keys. */
function columnsOf(similarity: Similarity, count: number): readonly Float64Array[] {
  if (similarity.kind === "keys") return [];
  const { rows, dimension } = similarity;
  const columns = Array.from({ length: dimension }, () => scratchNumbers(count));
  for (let from = 0; from < count; from += tile) {
    const to = Math.min(from + tile, count);
    for (let d = 0; d < dimension; d++) {
      const column = columns[d]!;
      for (let i = from, at = from * dimension + d; i < to; i++, at += dimension) column[i] = rows[at]!;
    }
  }
  return columns;
}

/** The similarities of one candidate to others; sums are in the order of the dimensions, four in one pass. */
function fillSimilarities(
  similarity: Similarity,
  columns: readonly Float64Array[],
  candidate: number,
  row: Float64Array,
  from: number,
  to: number,
): void {
  if (similarity.kind === "keys") {
    for (let i = from; i < to; i++) row[i] = similarityBetween(similarity, candidate, i);
    return;
  }
  row.fill(0, from, to);
  let d = 0;
  for (; d + 3 < columns.length; d += 4) {
    const [a, b, c, e] = [columns[d]!, columns[d + 1]!, columns[d + 2]!, columns[d + 3]!];
    const [fa, fb, fc, fe] = [a[candidate]!, b[candidate]!, c[candidate]!, e[candidate]!];
    for (let i = from; i < to; i++) row[i] = row[i]! + fa * a[i]! + fb * b[i]! + fc * c[i]! + fe * e[i]!;
  }
  for (; d < columns.length; d++) {
    const column = columns[d]!;
    const factor = column[candidate]!;
    for (let i = from; i < to; i++) row[i]! += factor * column[i]!;
  }
}

/** Takes from a new Cholesky row what the `depth` rows before explain of it: four in one pass, and in their order. */
function subtractEarlier(
  row: Float64Array,
  rows: readonly Float64Array[],
  depth: number,
  candidate: number,
  from: number,
  to: number,
): void {
  let k = 0;
  for (; k + 3 < depth; k += 4) {
    const [a, b, c, d] = [rows[k]!, rows[k + 1]!, rows[k + 2]!, rows[k + 3]!];
    const [fa, fb, fc, fd] = [a[candidate]!, b[candidate]!, c[candidate]!, d[candidate]!];
    for (let i = from; i < to; i++) row[i] = row[i]! - fa * a[i]! - fb * b[i]! - fc * c[i]! - fd * d[i]!;
  }
  for (; k < depth; k++) {
    const earlier = rows[k]!;
    const factor = earlier[candidate]!;
    for (let i = from; i < to; i++) row[i]! -= factor * earlier[i]!;
  }
}
