/** What losses over lists are put together from. */
import type { ValueId } from "../graph/graph.js";
import type { ListLoss, ListLossContext } from "./builtin.js";

/** A number that no logarithm of a sum notices beside a score. */
const absent = -1e9;

/**
 * The mean over pairs of which the first row is preferred, a pair having the weight of that row. `lossOf`: scores of the
 * row less those of its members, [B, L] → [B, L]; `share`: [B, L], which pairs count and how much.
 */
export function meanOverPairs(
  { builder, score, weights, lists }: ListLossContext,
  share: ValueId,
  lossOf: (difference: ValueId) => ValueId,
): ListLoss {
  const losses = lossOf(builder.sub(lists.own(score), lists.members(score)));
  return {
    total: builder.mul(weights, builder.sum(builder.mul(share, losses), { axes: [1] })),
    weight: builder.mul(weights, builder.sum(share, { axes: [1] })),
  };
}

/** [G]: the mean weight of the rows of a list that count; 0 of a list without any. */
export function listWeights({ builder, weights, lists }: ListLossContext): ValueId {
  const rows = builder.maximum(lists.sum(lists.counted), builder.scalar(1));
  return builder.div(lists.sum(weights), rows);
}

/** Of losses [G], one per list, where `counts` [G] is not 0. */
export function meanOverLists(context: ListLossContext, losses: ValueId, counts: ValueId): ListLoss {
  const { builder } = context;
  const counted = builder.cast(builder.less(builder.scalar(0), counts), "float32");
  const weight = builder.mul(listWeights(context), counted);
  return { total: builder.mul(weight, losses), weight };
}

/** log Σ eˣ over the last axis, [n, m] → [n], of the values where `mask` is not 0; any number where there is none. */
export function logSumExp({ builder }: Pick<ListLossContext, "builder">, x: ValueId, mask: ValueId): ValueId {
  const isIn = builder.less(builder.scalar(0), mask);
  const values = builder.select(isIn, x, builder.scalar(absent));
  const highest = builder.stopGradient(builder.max(values, { axes: [1], keepDims: true }));
  const sum = builder.sum(builder.exp(builder.sub(values, highest)), { axes: [1] });
  return builder.add(builder.squeeze(highest, 1), builder.log(sum));
}

/** [B, L] float32: 1 where the condition on [B, L] holds for a member that counts. */
export function whereMember({ builder, lists }: ListLossContext, condition: ValueId): ValueId {
  return builder.mul(builder.cast(condition, "float32"), lists.isMember());
}

/** What a gain counts for at a position, counted from 1: 1 / log₂(1 + position), and 0 beyond `at`. */
export function discount({ builder }: ListLossContext, position: ValueId, at: number | undefined): ValueId {
  const logarithm = builder.log(builder.add(position, builder.scalar(1)));
  const value = builder.div(builder.scalar(Math.LN2), logarithm);
  if (at === undefined) return value;
  return builder.mul(value, builder.cast(builder.lessEqual(position, builder.scalar(at)), "float32"));
}

/** [G]: Σ gain · discount with each list in the order of its gains, the largest that there is. */
export function idealDcg(context: ListLossContext, at: number | undefined): ValueId {
  const { builder, gain, lists } = context;
  const [own, members] = [lists.own(gain), lists.members(gain)];
  // Rows of one gain may take their positions in any order: the sum is the same.
  const isBefore = builder.or(builder.less(own, members), builder.and(builder.equal(own, members), lists.isEarlier()));
  const position = builder.add(builder.scalar(1), builder.sum(whereMember(context, isBefore), { axes: [1] }));
  return lists.sum(builder.mul(builder.mul(gain, lists.counted), discount(context, position, at)));
}

/** x / y where y is not 0, else 0. */
export function quotient({ builder }: ListLossContext, x: ValueId, y: ValueId): ValueId {
  const isZero = builder.equal(y, builder.scalar(0));
  const safe = builder.select(isZero, builder.scalar(1), y);
  return builder.select(isZero, builder.scalar(0), builder.div(x, safe));
}
