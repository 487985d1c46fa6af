import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { adjustPairwise, sumOfRows } from "../pairwise.js";
import { guarded, sizeOf } from "../vectors.js";

/** Far from 1 enough that a float32 can tell. */
const leastSine = 1e-4;

/**
 * With φ the cosine of gᵢ, as it is by now, and gⱼ, and φ̂ the running mean of it: where φ < φ̂,
 * gᵢ ← gᵢ + ‖gᵢ‖ (φ̂ √(1 − φ²) − φ √(1 − φ̂²)) / (‖gⱼ‖ √(1 − φ̂²)) · gⱼ, so that the cosine is φ̂. Then Σ gᵢ.
 */
export const gradvac: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "gradvac",
  summary: "Turns each gradient towards another one until their angle is what it has been on average.",
  paper:
    "Wang et al.: Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models, 2021",
  parameters: [
    {
      name: "beta",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.5,
      doc: "How much of the running mean of each cosine a step replaces.",
    },
    onParameter,
  ],
  weightsOwn: false,
  rule: (context) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { builder, arguments: args } = context;
      const count = sizeOf(builder, products);
      const target = context.memory("cosine", [count, count], 0);
      const zero = builder.scalar(0);
      const sine = (cosine: ValueId): ValueId =>
        builder.sqrt(builder.maximum(builder.oneMinus(builder.square(cosine)), builder.scalar(leastSine ** 2)));
      let next = target.value;
      const adjusted = adjustPairwise(context, products, ({ product, square, ownSquare, partner }) => {
        const norms = builder.sqrt(builder.mul(guarded(builder, ownSquare), guarded(builder, square)));
        const cosine = builder.div(product, norms);
        const wanted = builder.sum(builder.mul(target.value, partner), { axes: [1], keepDims: true });
        const seen = builder.and(builder.less(zero, ownSquare), builder.less(zero, square));
        const change = builder.select(
          seen,
          builder.scale(builder.sub(cosine, wanted), numberArgument(args, "beta")),
          zero,
        );
        next = builder.add(next, builder.mul(change, partner));
        const turn = builder.sub(builder.mul(wanted, sine(cosine)), builder.mul(cosine, sine(wanted)));
        const lengths = builder.sqrt(builder.div(ownSquare, guarded(builder, square)));
        const share = builder.div(builder.mul(lengths, turn), sine(wanted));
        return builder.select(builder.and(seen, builder.less(cosine, wanted)), share, zero);
      });
      target.update(next);
      return sumOfRows(builder, adjusted);
    },
  }),
};
