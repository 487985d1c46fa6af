import type { KeyColumn, Similarity } from "../list/problem.js";

/** The similarity of one candidate to each, itself included. */
export function fillSimilarity(similarity: Similarity, candidate: number, count: number, into: Float64Array): void {
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

export function similarityBetween(similarity: Similarity, one: number, other: number): number {
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
export function ownSimilarity(similarity: Similarity, candidate: number): number {
  if (similarity.kind === "keys") return 1;
  const { rows, dimension } = similarity;
  let squares = 0;
  for (let d = 0, at = candidate * dimension; d < dimension; d++, at++) squares += rows[at]! * rows[at]!;
  return squares > 0 ? squares : 1;
}
