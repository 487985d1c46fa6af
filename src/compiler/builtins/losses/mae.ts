import type { RowLossBuiltin } from "../builtin.js";

export const mae: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "mae",
  summary: "Absolute error |p − y|, which the median makes smallest.",
  heads: ["expectation"],
  parameters: [],
  trees: { activation: "identity", parameters: () => ({ objective: "regression_l1" }) },
  lower: ({ builder, prediction, target }) => builder.abs(builder.sub(prediction.value, target)),
};
