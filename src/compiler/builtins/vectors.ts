/** Numbers, vectors [K] and matrices [K, K] of K losses, as values of a graph. */
import type { OpBuilder } from "../graph/op-builder.js";
import type { ValueId } from "../graph/graph.js";

/** Far below every square of a gradient that is not 0. */
export const tiny = 1e-30;

/** The sum of values of one shape, in their order. */
export function sumOf(builder: OpBuilder, values: readonly ValueId[]): ValueId {
  return values.reduce((sum, value) => builder.add(sum, value));
}

/** float32[] each → [K]. */
export function vectorOf(builder: OpBuilder, scalars: readonly ValueId[]): ValueId {
  return builder.concat(
    scalars.map((scalar) => builder.reshape(scalar, [1])),
    0,
  );
}

/** A value that may be divided by: never 0, and no other where it is not far below what counts. */
export function guarded(builder: OpBuilder, value: ValueId): ValueId {
  return builder.maximum(value, builder.scalar(tiny));
}

/** K, of a matrix [K, K]. */
export function sizeOf(builder: OpBuilder, matrix: ValueId): number {
  return Number(builder.shape(matrix)[0]);
}

/** [K, K] with ones on the diagonal. */
export function identity(builder: OpBuilder, size: number): ValueId {
  const elements = Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  return builder.constant({ dtype: "float32", shape: [size, size] }, elements);
}

/** The diagonal of [K, K], [K]. */
export function diagonal(builder: OpBuilder, matrix: ValueId): ValueId {
  return builder.sum(builder.mul(matrix, identity(builder, sizeOf(builder, matrix))), { axes: [1] });
}

/** [K, K]·[K] → [K]. */
export function times(builder: OpBuilder, matrix: ValueId, vector: ValueId): ValueId {
  return builder.sum(builder.mul(matrix, builder.expandDims(vector, 0)), { axes: [1] });
}

/** xᵀy of vectors [K], float32[]. */
export function inner(builder: OpBuilder, x: ValueId, y: ValueId): ValueId {
  return builder.sum(builder.mul(x, y));
}
