import type { RowLossBuiltin } from "../builtin.js";

export const mse: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "mse",
  summary: "Squared error (prediction − y)².",
  heads: ["expectation"],
  parameters: [],
  trees: { activation: "identity", parameters: () => ({ objective: "regression" }) },
  lower: ({ builder, prediction, target }) => builder.square(builder.sub(prediction.value, target)),
};
