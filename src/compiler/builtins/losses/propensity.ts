/** Losses of a task under a condition, estimated over all rows with the probability of the condition (ESCM², 2022). */
import type { ValueId } from "../../graph/graph.js";
import { numberArgument, textArgument } from "../arguments.js";
import type { LossContext, RowLossBuiltin } from "../builtin.js";
import { floorParameter } from "../loss-options.js";
import type { ParameterSpec } from "../parameter.js";
import { crossEntropy } from "./bce.js";

const paper =
  "Wang et al.: ESCM²: Entire Space Counterfactual Multi-Task Model for Post-Click Conversion Rate Estimation, 2022";

const propensityParameter: ParameterSpec = {
  name: "propensity",
  type: { kind: "reference", to: "head", is: "condition", detached: true },
  doc: "The probability ô of the task's condition; no gradient flows into it.",
};

export const ips: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "ips",
  summary: "Inverse propensity scoring: the mean of o·δ/ô over all rows, o = 1 where the condition holds.",
  paper,
  heads: ["probability", "expectation"],
  sees: "all",
  parameters: [propensityParameter, floorParameter],
  lower: (context) => context.builder.mul(perChance(context), ownLoss(context)),
};

export const snips: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "snips",
  summary: "Self-normalised inverse propensity scoring: Σ o·δ/ô / Σ o/ô.",
  paper: "Swaminathan, Joachims: The Self-Normalized Estimator for Counterfactual Learning, 2015",
  heads: ["probability", "expectation"],
  sees: "given",
  parameters: [propensityParameter, floorParameter],
  lower: ownLoss,
  rowWeight: perChance,
};

export const doublyRobust: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "doubly_robust",
  summary: "The mean of δ̂ + o·(δ − δ̂)/ô + w·o·(δ − δ̂)²/ô over all rows, δ̂ ≥ 0 being what the loss is imputed to be.",
  paper,
  heads: ["probability", "expectation"],
  sees: "all",
  parameters: [
    propensityParameter,
    {
      name: "imputation",
      type: { kind: "reference", to: "head", is: "score" },
      doc: "A score s: δ̂ = softplus(s).",
    },
    floorParameter,
    {
      name: "imputation_weight",
      type: { kind: "number", min: 0 },
      default: 1,
      doc: "w: how much the squared error of the imputation counts.",
    },
  ],
  lower: (context) => {
    const { builder, arguments: args } = context;
    const imputed = builder.softplus(context.head(textArgument(args, "imputation")).value);
    const error = builder.sub(ownLoss(context), imputed);
    const squared = builder.scale(builder.square(error), numberArgument(args, "imputation_weight"));
    return builder.add(imputed, builder.mul(perChance(context), builder.add(error, squared)));
  },
};

/** δ: cross-entropy of a probability, squared error of an amount; anything outside the condition. */
function ownLoss({ builder, prediction, target }: LossContext): ValueId {
  return prediction.logTrue === undefined
    ? builder.square(builder.sub(prediction.value, target))
    : crossEntropy(builder, prediction, target);
}

/** o / max(ô, floor). */
function perChance({ builder, arguments: args, head, inside }: LossContext): ValueId {
  const chance = builder.stopGradient(head(textArgument(args, "propensity")).value);
  return builder.div(inside(), builder.maximum(chance, builder.scalar(numberArgument(args, "floor"))));
}
