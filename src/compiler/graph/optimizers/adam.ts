import type { OpBuilder } from "../op-builder.js";
import type { ValueId } from "../graph.js";
import { numberOf, scalarOf, type Settings } from "../settings.js";
import { decayRate, learningRate, type Optimizer, type RuleContext, type RuleResult } from "./optimizer.js";

/**
 * m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − lr · m̂ / (√v̂ + ε) with m̂ = m / (1−β₁ᵗ), v̂ = v / (1−β₂ᵗ), where t counts
 * the steps of the whole training, also for rows that are touched less often.
 */
export const adam: Optimizer = {
  name: "adam",
  summary: "Steps by the gradient's running mean over the root of its running square.",
  paper: "Kingma, Ba: Adam: A Method for Stochastic Optimization, 2015",
  settings: [
    learningRate(1e-3),
    decayRate("beta1", 0.9, "Share of the running mean of gradients that is kept in each step."),
    decayRate("beta2", 0.999, "Share of the running mean of squared gradients that is kept in each step."),
    {
      name: "epsilon",
      type: { kind: "number", min: 0 },
      default: 1e-8,
      doc: "Added to the root, so that nothing is divided by zero.",
    },
  ],
  slots: () => [
    { name: "mean", initial: 0 },
    { name: "square", initial: 0 },
  ],
  rule: adamRule,
};

export function adamRule(context: RuleContext): RuleResult {
  const { builder, parameter, gradient, rate, time, settings } = context;
  const [mean = -1, square = -1] = context.slots;
  const nextMean = movingAverage(builder, mean, gradient, numberOf(settings, "beta1"));
  const nextSquare = movingAverage(builder, square, builder.square(gradient), numberOf(settings, "beta2"));
  // The scalar factors are gathered on the scalar's side: lr / (1−β₁ᵗ), and 1 / √(1−β₂ᵗ).
  const scaledRate = builder.div(rate, shareSeen(builder, time, settings, "beta1"));
  const rootScale = builder.div(builder.scalar(1), builder.sqrt(shareSeen(builder, time, settings, "beta2")));
  const root = builder.add(builder.mul(builder.sqrt(nextSquare), rootScale), scalarOf(builder, settings, "epsilon"));
  const move = builder.div(builder.mul(scaledRate, nextMean), root);
  return { parameter: builder.sub(parameter, move), slots: [nextMean, nextSquare] };
}

function movingAverage(builder: OpBuilder, average: ValueId, value: ValueId, kept: number): ValueId {
  return builder.add(builder.scale(average, kept), builder.scale(value, 1 - kept));
}

/** 1 − βᵗ as −expm1(t·ln β): exact in float32 also where βᵗ is close to 1. */
function shareSeen(builder: OpBuilder, time: ValueId, settings: Settings, beta: string): ValueId {
  return builder.neg(builder.expm1(builder.scale(time, Math.log(numberOf(settings, beta)))));
}
