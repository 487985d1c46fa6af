import type { LossBuiltin } from "../builtin.js";

export const mse: LossBuiltin = {
  kind: "loss",
  name: "mse",
  summary: "Squared error (prediction − y)².",
  heads: ["expectation"],
  parameters: [],
  lower: ({ builder, prediction, target }) => builder.square(builder.sub(prediction.value, target)),
};
