import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { BalanceContext } from "../balance.js";
import type { BalanceBuiltin } from "../builtin.js";
import { guarded, sumOf } from "../vectors.js";

/**
 * With the sign purity P = ½ (1 + Σ gₖ / Σ |gₖ|) of a unit, a step keeps the gradients above 0 there with the chance P,
 * else those below. Of a representation h, gₖ is Σ over the rows of the batch of sign(h)·gradient.
 */
export const graddrop: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "graddrop",
  summary: "Keeps, unit by unit of the shared representation, only the gradients of one sign, drawn by how many agree.",
  paper: "Chen et al.: Just Pick a Sign: Optimizing Deep Multitask Models with Gradient Sign Dropout, 2020",
  parameters: [
    {
      name: "leak",
      type: { kind: "number", min: 0, max: 1 },
      default: 0,
      doc: "The share of a dropped gradient that stays.",
    },
  ],
  on: "representation",
  weightsOwn: false,
  rule: (context) => ({
    by: "elements",
    factors: (gradients, of) => {
      const { builder, arguments: args } = context;
      const leak = numberArgument(args, "leak");
      const units = gradients.map((gradient) => unitGradient(context, gradient, of));
      const all = guarded(
        builder,
        sumOf(
          builder,
          units.map((unit) => builder.abs(unit)),
        ),
      );
      const purity = builder.scale(builder.add(builder.div(sumOf(builder, units), all), builder.scalar(1)), 0.5);
      const drawn = context.random(builder.shape(purity));
      const isUp = builder.less(drawn, purity);
      const zero = builder.scalar(0);
      return units.map((unit) => {
        const isKept = builder.select(
          isUp,
          builder.cast(builder.less(zero, unit), "float32"),
          builder.cast(builder.less(unit, zero), "float32"),
        );
        return builder.add(builder.scale(isKept, 1 - leak), builder.scalar(leak));
      });
    },
  }),
};

/** [B, …units] → [1, …units]; what has no rows of a batch counts element by element. */
function unitGradient({ builder }: BalanceContext, gradient: ValueId, of: ValueId): ValueId {
  if (builder.shape(of)[0] !== "B") return gradient;
  return builder.sum(builder.mul(gradient, builder.sign(of)), { axes: [0], keepDims: true });
}
