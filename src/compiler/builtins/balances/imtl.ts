import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { solve } from "../solve.js";
import { correlations, guarded, identity, inner, sizeOf } from "../vectors.js";

/** Added to the diagonal, so that gradients that are multiples of each other have a solution. */
const ridge = 1e-6;

/**
 * Lₖ becomes e^sₖ Lₖ − sₖ, s trained. Of the gradients of these Σ αₖ gₖ, Σ α = 1, which is as long along each of them:
 * ⟨Σ α g, gₖ⟩/‖gₖ‖ is one number. With cosines R that is R β = 1, α = β/‖g‖ over its sum.
 */
export const imtl: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "imtl",
  summary: "Scales the losses to one size, and mixes their gradients so that the result is as long along each.",
  paper: "Liu et al.: Towards Impartial Multi-task Learning, 2021",
  parameters: [onParameter],
  weightsOwn: false,
  transform: ({ builder, losses, present, trained }) => {
    const scales = trained("scale", 0);
    return losses.map((loss, k) => {
      const scale = scales[k] ?? -1;
      return builder.sub(builder.mul(builder.exp(scale), loss), builder.mul(scale, present[k] ?? -1));
    });
  },
  rule: ({ builder }) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { cosines, norms, isThere } = correlations(builder, products);
      const rounded = builder.add(cosines, builder.scale(identity(builder, sizeOf(builder, products)), ridge));
      const shares = builder.mul(
        builder.div(solve(builder, rounded, builder.ones([sizeOf(builder, products)])), norms),
        isThere,
      );
      // The sum is that of the solution, which is positive: R is a matrix of inner products.
      return builder.div(shares, guarded(builder, inner(builder, shares, isThere)));
    },
  }),
};
