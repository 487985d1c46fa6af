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
  doc: "The most pairs that a list counts for: of one with more, each counts as a part; without it a list counts for all of its pairs.",
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
    meanOverPairs(context, pairShares(context), (difference) =>
      context.builder.softplus(context.builder.neg(difference)),
    ),
};

/** [B, L]: how much each pair counts: 1, and `max_pairs` / pairs in a list that has more. */
export function pairShares(context: ListLossContext): ValueId {
  const { builder, lists, arguments: args } = context;
  const pairs = context.preferred();
  const most = optionalNumber(args, "max_pairs");
  if (most === undefined) return pairs;
  const count = lists.spread(lists.sum(builder.sum(pairs, { axes: [1] })));
  const counted = builder.maximum(count, builder.scalar(most));
  return builder.mul(pairs, lists.own(builder.div(builder.scalar(most), counted)));
}
