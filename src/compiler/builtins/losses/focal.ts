/** Cross-entropies that weight rows by what is predicted. */
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

/** Far below every sum of sample weights that is not 0. */
const tiny = 1e-8;

export const f1Weighted: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "f1_weighted",
  summary:
    "Cross-entropy whose negatives count less the fewer positives the batch has, so that its gradient follows F1: where positives are rare.",
  paper: "Lin, Lu, Han, Sun: Adaptive Scaling for Sparse Detection in Information Extraction, 2018",
  heads: ["probability"],
  parameters: [
    {
      name: "beta",
      type: { kind: "number", min: 1 },
      default: 1,
      doc: "How many times as much recall counts as precision; 1 is cross-entropy.",
    },
  ],
  lower: ({ builder, arguments: args, prediction, target, counted }) => {
    const { logTrue, logFalse } = logProbabilities(prediction);
    const counts = counted();
    const found = builder.sum(builder.mul(counts, prediction.value));
    const positives = builder.sum(builder.mul(counts, target));
    const wanted = builder.add(builder.scale(positives, numberArgument(args, "beta") ** 2 - 1), found);
    const weight = builder.div(found, builder.add(wanted, builder.scalar(tiny)));
    return builder.neg(mixByTarget(builder, target, logTrue, builder.mul(weight, logFalse)));
  },
};
