/** A loss that compares vectors across the rows of a batch: which rows count, and the two vectors of each. */
import { type BatchLossBuiltin, type ListLoss, sidesOf } from "../builtins/index.js";
import type { HeadModel, LossTerm } from "../model/index.js";
import { relevanceOf, type TermInputs } from "./list-loss.js";
import { labelValue } from "./sample-space.js";

/** Comes inside the label of its term. */
export function lowerBatchLoss(
  { labels, weights, network, model, ids }: TermInputs,
  term: LossTerm,
  loss: BatchLossBuiltin,
  head: HeadModel,
): ListLoss {
  const { builder } = labels;
  const sides = sidesOf(model.nodes, head);
  if (sides === undefined) throw new Error(`${head.name} is not an inner product`);
  const { mask, gain } = relevanceOf(labels, term, head.type);
  const counts = builder.mul(weights, mask);
  return loss.lower({
    builder,
    arguments: term.arguments,
    sides: [network.node(sides[0]), network.node(sides[1])],
    gain,
    weights: counts,
    counted: builder.cast(builder.less(builder.scalar(0), counts), "float32"),
    label: (name) => labelValue(labels, name),
    ids,
  });
}
