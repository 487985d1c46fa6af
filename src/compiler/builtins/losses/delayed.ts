import { textArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";
import { logProbabilities, mixByTarget } from "./bce.js";

/** e³⁰ per unit of time is above every rate. */
const largestExponent = 30;

export const delayed: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "delayed",
  summary:
    "Delayed feedback: −log p − log λ + λ·d of a row whose event came after d, −log(1 − p + p·e^(−λe)) of one without it e later.",
  paper: "Chapelle: Modeling Delayed Feedback in Display Advertising, 2014",
  heads: ["probability"],
  sees: "given",
  parameters: [
    {
      name: "elapsed",
      type: { kind: "reference", to: "label", base: "amount" },
      doc: "The label e ≥ 0: time from the row to when the data was taken; read where the event has not come.",
    },
    {
      name: "delay",
      type: { kind: "reference", to: "label", base: "amount", outcome: true },
      doc: "The label d ≥ 0: time from the row to its event, in the unit of `elapsed`; read where it has come.",
    },
    {
      name: "hazard",
      type: { kind: "reference", to: "head", is: "score" },
      doc: "A score s: λ = exp(s) is the rate at which events that will come do come.",
    },
  ],
  lower: ({ builder, arguments: args, prediction, target, head, label }) => {
    const { logTrue, logFalse } = logProbabilities(prediction);
    const log = builder.minimum(head(textArgument(args, "hazard")).value, builder.scalar(largestExponent));
    const rate = builder.exp(log);
    const delay = builder.relu(label(textArgument(args, "delay"), target));
    const elapsed = builder.relu(label(textArgument(args, "elapsed"), builder.oneMinus(target)));
    const came = builder.add(logTrue, builder.sub(log, builder.mul(rate, delay)));
    const later = builder.sub(logTrue, builder.mul(rate, elapsed));
    const notYet = builder.add(logFalse, builder.softplus(builder.sub(later, logFalse)));
    return builder.neg(mixByTarget(builder, target, came, notYet));
  },
};

/**
 * A row is a negative at once and comes again as a positive when its event does. The paper weights cross-entropy by 1 + p and
 * (1 − p)·(1 + p) without a gradient; integrated over the logit, that is what is here, whose gradient is the same.
 */
export const fakeNegative: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "fake_negative",
  summary:
    "For data in which every row is a negative first and comes again as a positive once its event did: −log p + 1 − p where y = 1, p + p²/2 where y = 0.",
  paper:
    "Ktena et al.: Addressing Delayed Feedback for Continuous Training with Neural Networks in CTR Prediction, 2019 (fake negative weighted)",
  heads: ["probability"],
  parameters: [],
  lower: ({ builder, prediction, target }) => {
    const { logTrue } = logProbabilities(prediction);
    const p = prediction.value;
    const positive = builder.sub(builder.oneMinus(p), logTrue);
    const negative = builder.add(p, builder.scale(builder.square(p), 0.5));
    return mixByTarget(builder, target, positive, negative);
  },
};
