import { numberArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";
import { logProbabilities, mixByTarget } from "./bce.js";

export const focal: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "focal",
  summary:
    "Cross-entropy that counts rows less that are right already: −α·(1 − p)^γ·log p where y = 1, and likewise where y = 0.",
  paper: "Lin et al.: Focal Loss for Dense Object Detection, 2017",
  heads: ["probability"],
  parameters: [
    {
      name: "gamma",
      type: { kind: "number", min: 0, max: 100 },
      default: 2,
      doc: "How fast a row's weight falls as its prediction improves; 0 is cross-entropy.",
    },
    {
      name: "alpha",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.5,
      doc: "Weight of rows with y = 1; those with y = 0 have 1 − alpha.",
    },
  ],
  lower: ({ builder, arguments: args, prediction, target }) => {
    const { logTrue, logFalse } = logProbabilities(prediction);
    const gamma = numberArgument(args, "gamma");
    const alpha = numberArgument(args, "alpha");
    // (1 − p)^γ as exp(γ·log(1 − p)): finite with its gradient wherever the logarithms are.
    const positive = builder.scale(builder.mul(builder.exp(builder.scale(logFalse, gamma)), logTrue), -alpha);
    const negative = builder.scale(builder.mul(builder.exp(builder.scale(logTrue, gamma)), logFalse), alpha - 1);
    return mixByTarget(builder, target, positive, negative);
  },
};
