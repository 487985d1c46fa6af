import type { OpBuilder } from "../../graph/op-builder.js";
import type { ValueId } from "../../graph/graph.js";
import { numberArgument, textArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { type Line, minimiseOverShares, relative } from "../simplex.js";
import { guarded, inner, sizeOf, times } from "../vectors.js";

/**
 * g₀ + c·‖g₀‖/‖g_w‖ · g_w over the scale, g₀ being the mean of the gradients and g_w = Σ wₖ gₖ with the shares w at which
 * ⟨g_w, g₀⟩ + c·‖g₀‖·‖g_w‖ is least.
 */
export const cagrad: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "cagrad",
  summary: "Follows the mean gradient as far as the loss that is served worst allows, within a ball around it.",
  paper: "Liu et al.: Conflict-Averse Gradient Descent for Multi-task Learning, 2021",
  parameters: [
    {
      name: "c",
      type: { kind: "number", min: 0 },
      default: 0.5,
      doc: "The radius of the ball, as a share of the mean gradient's norm; 0 is the mean.",
    },
    {
      name: "rescale",
      type: { kind: "choice", values: ["none", "square", "linear"] },
      default: "square",
      doc: "What the result is divided by: nothing, 1 + c², or 1 + c.",
    },
    onParameter,
  ],
  weightsOwn: false,
  rule: ({ builder, arguments: args }) => ({
    by: "products",
    over: "all",
    coefficients: (given) => {
      const products = relative(builder, given);
      const count = sizeOf(builder, products);
      const equal = builder.fill([count], 1 / count);
      const withMean = times(builder, products, equal);
      const c = numberArgument(args, "c");
      const scale = { none: 1, square: 1 + c ** 2, linear: 1 + c }[textArgument(args, "rescale")] ?? 1;
      // Without a radius there is nothing to find.
      if (c === 0) return equal;
      const radius = builder.scale(root(builder, inner(builder, withMean, equal)), c);
      const shares = minimiseOverShares(builder, products, leastOnLine(builder, withMean, radius));
      const length = root(builder, inner(builder, times(builder, products, shares), shares));
      const factor = builder.div(radius, builder.maximum(length, builder.scalar(1e-8)));
      return builder.scale(builder.add(equal, builder.mul(shares, factor)), 1 / scale);
    },
  }),
};

function root(builder: OpBuilder, square: ValueId): ValueId {
  return builder.sqrt(builder.maximum(square, builder.scalar(0)));
}

/**
 * a·t + ρ·√(q t² + 2 p t + s) is least where u = q t + p is −a·√(D / (ρ²q − a²)), D = q s − p²; without such a place at one of
 * the ends.
 */
function leastOnLine(builder: OpBuilder, withMean: ValueId, radius: ValueId): (line: Line) => ValueId {
  return ({ square: q, slope: p, value: s, direction }) => {
    const a = inner(builder, withMean, direction);
    const room = builder.sub(builder.mul(builder.square(radius), q), builder.square(a));
    const d = builder.maximum(builder.sub(builder.mul(q, s), builder.square(p)), builder.scalar(0));
    const u = builder.neg(builder.mul(a, builder.sqrt(builder.div(d, guarded(builder, room)))));
    const inside = builder.div(builder.sub(u, p), guarded(builder, q));
    const end = builder.neg(builder.sign(a));
    return builder.select(builder.less(builder.scalar(0), room), inside, end);
  };
}
