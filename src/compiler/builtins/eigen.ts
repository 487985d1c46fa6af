import type { OpBuilder } from "../graph/op-builder.js";
import type { ValueId } from "../graph/graph.js";
import { diagonal, guarded, identity, sizeOf } from "./vectors.js";

/** How often every pair of axes is turned; two need it once. */
const sweeps = 5;

/** Eigenvalues [K] and, in the columns of [K, K], eigenvectors of length 1 of a symmetric matrix: by Jacobi's rotations. */
export function eigen(builder: OpBuilder, matrix: ValueId): { readonly values: ValueId; readonly vectors: ValueId } {
  const count = sizeOf(builder, matrix);
  let turned = matrix;
  let vectors = identity(builder, count);
  for (let sweep = 0; sweep < (count === 2 ? 1 : sweeps); sweep += 1) {
    for (let p = 0; p < count; p += 1) {
      for (let q = p + 1; q < count; q += 1) {
        const rotation = rotationOf(builder, turned, p, q);
        turned = builder.matmul(builder.matmul(rotation, turned, { transposeA: true }), rotation);
        vectors = builder.matmul(vectors, rotation);
      }
    }
  }
  return { values: diagonal(builder, turned), vectors };
}

/** The rotation of axes p and q that makes the element between them 0. */
function rotationOf(builder: OpBuilder, matrix: ValueId, p: number, q: number): ValueId {
  const count = sizeOf(builder, matrix);
  const ones = (...at: readonly (readonly [number, number, number])[]): ValueId => {
    const elements = Array.from({ length: count * count }, () => 0);
    for (const [row, column, value] of at) elements[row * count + column] = value;
    return builder.constant({ dtype: "float32", shape: [count, count] }, elements);
  };
  const element = (row: number, column: number): ValueId => builder.sum(builder.mul(matrix, ones([row, column, 1])));
  const difference = builder.sub(element(q, q), element(p, p));
  const twice = builder.scale(element(p, q), 2);
  const length = builder.sqrt(builder.add(builder.square(difference), builder.square(twice)));
  const signed = builder.select(builder.less(difference, builder.scalar(0)), builder.neg(twice), twice);
  const tangent = builder.div(signed, guarded(builder, builder.add(builder.abs(difference), length)));
  const cosine = builder.div(builder.scalar(1), builder.sqrt(builder.add(builder.square(tangent), builder.scalar(1))));
  const sine = builder.mul(tangent, cosine);
  const turn = builder.add(
    builder.mul(ones([p, p, 1], [q, q, 1]), builder.sub(cosine, builder.scalar(1))),
    builder.mul(ones([p, q, 1], [q, p, -1]), sine),
  );
  return builder.add(identity(builder, count), turn);
}
