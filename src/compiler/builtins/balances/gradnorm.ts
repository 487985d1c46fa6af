import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { adamStep } from "../small-adam.js";
import { diagonal, guarded, inner, sumOf, tiny, vectorOf } from "../vectors.js";

/** Below it a weight would leave its loss out for good. */
const leastWeight = 1e-3;

/**
 * Σ wₖ Lₖ. With Gₖ = wₖ ‖gₖ‖ and rₖ = (Lₖ/Lₖ(0)) over its mean, w minimises Σ |Gₖ − Ḡ·rₖ^α|, the second part held, by Adam of its
 * own; then Σ w = K again.
 */
export const gradnorm: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "gradnorm",
  summary: "Learns weights under which the gradients of the losses are of one size, larger for losses that fell less.",
  paper: "Chen et al.: GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks, 2018",
  parameters: [
    {
      name: "alpha",
      type: { kind: "number", min: 0 },
      default: 1.5,
      doc: "How much larger a gradient may be for a loss that fell less; 0 makes all of one size.",
    },
    { name: "lr", type: { kind: "number", min: 0 }, default: 0.025, doc: "How fast the weights learn." },
    onParameter,
  ],
  weightsOwn: true,
  rule: (context) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { builder, arguments: args, memory } = context;
      const count = context.losses.length;
      const zero = builder.scalar(0);
      const losses = vectorOf(builder, context.losses);
      const present = vectorOf(builder, context.present);
      const here = builder.maximum(sumOf(builder, context.present), builder.scalar(1));
      const mean = (values: ValueId): ValueId => builder.div(inner(builder, values, present), here);
      const weights = memory("weight", [count], 1);
      const first = memory("first_loss", [count], 0);
      const start = builder.select(builder.less(zero, first.value), first.value, losses);
      first.update(start);

      const norms = builder.sqrt(diagonal(builder, products));
      const sizes = builder.mul(weights.value, norms);
      const meanSize = mean(sizes);
      const rates = builder.div(losses, guarded(builder, start));
      const relative = builder.div(rates, guarded(builder, mean(rates)));
      const alpha = builder.scalar(numberArgument(args, "alpha"));
      const target = builder.mul(meanSize, builder.pow(builder.maximum(relative, builder.scalar(tiny)), alpha));
      const slope = builder.mul(builder.sign(builder.sub(sizes, target)), norms);
      const moved = adamStep(context, {
        value: weights.value,
        gradient: builder.mul(slope, present),
        rate: numberArgument(args, "lr"),
        time: builder.add(context.steps, builder.scalar(1)),
      });
      const bounded = builder.maximum(moved, builder.scalar(leastWeight));
      weights.update(builder.scale(builder.div(bounded, builder.sum(bounded)), count));
      return weights.value;
    },
  }),
};
