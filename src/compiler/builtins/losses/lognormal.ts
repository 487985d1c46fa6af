import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import { textArgument } from "../arguments.js";
import type { LossContext, RowLossBuiltin } from "../builtin.js";
import type { ParameterSpec } from "../parameter.js";
import { isPositive, logOfAmount } from "./amounts.js";
import { crossEntropy } from "./bce.js";

const [leastSigma, greatestSigma] = [0.01, 5];

const sigmaParameter: ParameterSpec = {
  name: "sigma",
  type: { kind: "reference", to: "head", is: "score" },
  doc: "A score s: σ = softplus(s), the deviation of log y, is held in [0.01, 5].",
};

export const lognormal: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "lognormal",
  summary:
    "−log density of y > 0 under a lognormal distribution whose mean is the prediction: log(yσ√2π) + (log y − μ)²/2σ² with μ = log p − σ²/2.",
  heads: ["expectation"],
  needs: "positive",
  sees: "given",
  parameters: [sigmaParameter],
  lower: (context) => negativeLogDensity(context),
  rowWeight: ({ builder, target }) => isPositive(builder, target),
};

/** The loss of an amount that is often 0, put on its mean where it is not. */
export const ziln: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "ziln",
  summary:
    "Zero-inflated lognormal: the cross-entropy of the condition, and `lognormal` where it holds, over all rows.",
  paper: "Wang, Liu, Miao: A Deep Probabilistic Model for Customer Lifetime Value Prediction, 2019",
  heads: ["expectation"],
  needs: "positive",
  sees: "all",
  parameters: [
    {
      name: "chance",
      type: { kind: "reference", to: "head", is: "condition" },
      doc: "The probability of the task's condition, which is trained along.",
    },
    sigmaParameter,
  ],
  lower: (context) => {
    const { builder, target, arguments: args } = context;
    const inside = context.inside();
    const chance = crossEntropy(builder, context.head(textArgument(args, "chance")), inside);
    const amount = builder.mul(builder.mul(inside, isPositive(builder, target)), negativeLogDensity(context));
    return builder.add(chance, amount);
  },
};

function negativeLogDensity({ builder, arguments: args, prediction, target, head }: LossContext): ValueId {
  const { value: score } = head(textArgument(args, "sigma"));
  const sigma = between(builder, builder.softplus(score), leastSigma, greatestSigma);
  const variance = builder.square(sigma);
  const log = logOfAmount(builder, target);
  const mu = builder.sub(logOfAmount(builder, prediction.value), builder.scale(variance, 0.5));
  const distance = builder.div(builder.square(builder.sub(log, mu)), builder.scale(variance, 2));
  const scale = builder.add(builder.add(log, builder.log(sigma)), builder.scalar(Math.log(2 * Math.PI) / 2));
  return builder.add(scale, distance);
}

function between(builder: GraphBuilder, x: ValueId, least: number, greatest: number): ValueId {
  return builder.minimum(builder.maximum(x, builder.scalar(least)), builder.scalar(greatest));
}
