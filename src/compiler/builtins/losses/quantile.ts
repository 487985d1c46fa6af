import { numberArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";

export const quantile: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "quantile",
  summary:
    "The pinball loss: q·(y − p) where y is above the prediction, (1 − q)·(p − y) below; the q-quantile makes it smallest.",
  paper: "Koenker, Bassett: Regression Quantiles, 1978",
  heads: ["expectation"],
  parameters: [
    {
      name: "q",
      type: { kind: "number", min: 0, max: 1, minOpen: true, maxOpen: true },
      doc: "The quantile that is predicted; 0.5 is the median.",
    },
  ],
  trees: {
    activation: "identity",
    parameters: (args) => ({ objective: "quantile", alpha: numberArgument(args, "q") }),
  },
  lower: ({ builder, arguments: args, prediction, target }) => {
    const q = numberArgument(args, "q");
    const above = builder.sub(target, prediction.value);
    return builder.maximum(builder.scale(above, q), builder.scale(above, q - 1));
  },
};
