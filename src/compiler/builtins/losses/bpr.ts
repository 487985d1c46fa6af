import type { ValueId } from "../../graph/graph.js";
import { optionalNumber } from "../arguments.js";
import type { ListLossBuiltin, ListLossContext } from "../builtin.js";
import { orderParameter } from "../list-parameters.js";
import { meanOverPairs } from "../list-values.js";
import type { ParameterSpec } from "../parameter.js";

export const maxPairsParameter: ParameterSpec = {
  name: "max_pairs",
  type: { kind: "number", min: 1, integer: true },
  default: null,
  doc: "Of a list with more pairs, about so many are drawn in each step; without it all count.",
};

export const bpr: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "bpr",
  summary: "−log σ(sᵢ − sⱼ), the mean over pairs of a list of which row i is preferred to row j.",
  paper: "Rendle et al.: BPR: Bayesian Personalized Ranking from Implicit Feedback, 2009",
  heads: ["probability", "expectation", "score"],
  parameters: [orderParameter, maxPairsParameter],
  lower: (context) =>
    meanOverPairs(context, drawPairs(context), (difference) =>
      context.builder.softplus(context.builder.neg(difference)),
    ),
};

/**
 * [B, L]: how much each pair counts. With `max_pairs` each pair of a list stays with the chance max_pairs / pairs; where
 * nothing is left to chance, that is its share.
 */
export function drawPairs(context: ListLossContext): ValueId {
  const { builder, lists, arguments: args } = context;
  const pairs = context.preferred();
  const most = optionalNumber(args, "max_pairs");
  if (most === undefined) return pairs;
  const count = lists.spread(lists.sum(builder.sum(pairs, { axes: [1] })));
  const chance = builder.minimum(
    builder.div(builder.scalar(most), builder.maximum(count, builder.scalar(1))),
    builder.scalar(1),
  );
  if (!context.training) return builder.mul(pairs, lists.own(chance));
  const isDrawn = builder.less(context.random(["B", lists.length]), lists.own(chance));
  return builder.mul(pairs, builder.cast(isDrawn, "float32"));
}
