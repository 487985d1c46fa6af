import type { KeyColumn, Similarity } from "../list/problem.js";

/** The values that two candidates share, of all values of the two; 1 of a candidate and itself. */
export function sharedShare({ offsets, values }: KeyColumn, one: number, other: number): number {
  if (one === other) return 1;
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
export function ownSimilarity(similarity: Similarity, candidate: number): number {
  if (similarity.kind === "keys") return 1;
  const { rows, dimension } = similarity;
  let squares = 0;
  for (let d = 0, at = candidate * dimension; d < dimension; d++, at++) squares += rows[at]! * rows[at]!;
  return squares > 0 ? squares : 1;
}
