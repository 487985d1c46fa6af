/** Gradients that are changed by one another, in turn: each is Σ of the first ones, and only what it consists of is computed. */
import type { OpBuilder } from "../graph/op-builder.js";
import type { ValueId } from "../graph/graph.js";
import type { BalanceContext } from "./builtin.js";
import { diagonal, identity, sizeOf } from "./vectors.js";

/** For each gradient i, as it is by now, and its partner j, as it was: [K, 1] each. */
export interface Meeting {
  /** ⟨gᵢ, gⱼ⟩. */
  readonly product: ValueId;
  /** ‖gⱼ‖². */
  readonly square: ValueId;
  /** ‖gᵢ‖². */
  readonly ownSquare: ValueId;
  /** [K, K]: a 1 in row i at j. */
  readonly partner: ValueId;
}

/**
 * Lets each gradient meet every other once, in an order drawn for each: gᵢ ← gᵢ + share · gⱼ. `products`: [K, K] of the
 * gradients as they are. Returns [K, K]: in row i what of each of them gᵢ is made of at last.
 */
export function adjustPairwise(
  { builder, random }: Pick<BalanceContext, "builder" | "random">,
  products: ValueId,
  share: (meeting: Meeting) => ValueId,
): ValueId {
  const count = sizeOf(builder, products);
  const squares = builder.expandDims(diagonal(builder, products), 0);
  const along = { axes: [1], keepDims: true };
  let made = identity(builder, count);
  for (const partner of partners(builder, count, random)) {
    const withEach = builder.matmul(made, products);
    const meeting: Meeting = {
      product: builder.sum(builder.mul(withEach, partner), along),
      square: builder.sum(builder.mul(partner, squares), along),
      ownSquare: builder.sum(builder.mul(withEach, made), along),
      partner,
    };
    made = builder.add(made, builder.mul(share(meeting), partner));
  }
  return made;
}

/** K − 1 matrices [K, K], each with a 1 in row i at the partner of i; together every other one once. */
function partners(builder: OpBuilder, count: number, random: BalanceContext["random"]): readonly ValueId[] {
  const self = identity(builder, count);
  // Two have no order.
  if (count === 2) return [builder.sub(builder.ones([2, 2]), self)];
  // Oneself comes last.
  const drawn = builder.add(random([count, count]), self);
  const [own, other] = [builder.expandDims(drawn, 2), builder.expandDims(drawn, 1)];
  const isBefore = earlier(builder, count);
  const tied = builder.and(builder.equal(other, own), isBefore);
  const precedes = builder.cast(builder.or(builder.less(other, own), tied), "float32");
  const rank = builder.sum(precedes, { axes: [2] });
  return Array.from({ length: count - 1 }, (_, position) =>
    builder.cast(builder.equal(rank, builder.scalar(position)), "float32"),
  );
}

/** [1, K, K] bool: whether the last index is less than the one before. */
function earlier(builder: OpBuilder, count: number): ValueId {
  const index = Array.from({ length: count }, (_, i) => i);
  const line = (shape: readonly number[]): ValueId => builder.constant({ dtype: "int32", shape }, index);
  return builder.less(line([1, 1, count]), line([1, count, 1]));
}

/** Σ of the rows of [K, K], [K]. */
export function sumOfRows(builder: OpBuilder, matrix: ValueId): ValueId {
  return builder.sum(matrix, { axes: [0] });
}
