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

/** Below every loss that says anything. */
const leastLoss = 1e-8;

/** The natural logarithms of losses, float32[] each; of a loss of 0 that of a very small one. */
export function logsOf(builder: OpBuilder, losses: readonly ValueId[]): readonly ValueId[] {
  return losses.map((loss) => builder.log(builder.maximum(loss, builder.scalar(leastLoss))));
}

/** Gradients of length 1: their inner products, [K, K], and how long they were, [K]. Of one of length 0: 1 with itself, else 0. */
export function correlations(
  builder: OpBuilder,
  products: ValueId,
): { readonly cosines: ValueId; readonly norms: ValueId; readonly isThere: ValueId } {
  const squares = diagonal(builder, products);
  const isThere = builder.cast(builder.less(builder.scalar(0), squares), "float32");
  const norms = builder.sqrt(guarded(builder, squares));
  const scaled = builder.div(builder.div(products, builder.expandDims(norms, 0)), builder.expandDims(norms, 1));
  const missing = builder.mul(identity(builder, sizeOf(builder, products)), builder.oneMinus(isThere));
  return { cosines: builder.add(scaled, missing), norms, isThere };
}

/** The elements of a vector [K], float32[] each. */
export function scalarsOf(builder: OpBuilder, vector: ValueId): readonly ValueId[] {
  const count = Number(builder.shape(vector)[0]);
  return Array.from({ length: count }, (_, begin) =>
    builder.reshape(builder.slice(vector, { axis: 0, begin, size: 1 }), []),
  );
}
