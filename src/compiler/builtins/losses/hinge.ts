import { numberArgument } from "../arguments.js";
import type { ListLossBuiltin } from "../builtin.js";
import { orderParameter } from "../list-parameters.js";
import { meanOverPairs } from "../list-values.js";
import { pairShares, maxPairsParameter } from "./bpr.js";

export const hinge: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "hinge",
  summary: "max(0, margin − (sᵢ − sⱼ)), the mean over pairs of a list of which row i is preferred to row j.",
  paper: "Herbrich, Graepel, Obermayer: Large Margin Rank Boundaries for Ordinal Regression, 2000",
  heads: ["probability", "expectation", "score"],
  parameters: [
    orderParameter,
    {
      name: "margin",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "How far the preferred row is to be ahead, in units of the score.",
    },
    maxPairsParameter,
  ],
  lower: (context) => {
    const { builder } = context;
    const margin = builder.scalar(numberArgument(context.arguments, "margin"));
    return meanOverPairs(context, pairShares(context), (difference) => builder.relu(builder.sub(margin, difference)));
  },
};
