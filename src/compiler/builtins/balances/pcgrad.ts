import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { adjustPairwise, sumOfRows } from "../pairwise.js";
import { guarded } from "../vectors.js";

/** gᵢ ← gᵢ − min(0, ⟨gᵢ, gⱼ⟩) / ‖gⱼ‖² · gⱼ for the others j in random order, gⱼ as it was; then Σ gᵢ. */
export const pcgrad: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "pcgrad",
  summary: "Takes out of each gradient what points against another one, and adds up what is left.",
  paper: "Yu et al.: Gradient Surgery for Multi-Task Learning, 2020",
  parameters: [onParameter],
  weightsOwn: false,
  rule: (context) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { builder } = context;
      const adjusted = adjustPairwise(context, products, ({ product, square }) =>
        builder.neg(builder.div(builder.minimum(product, builder.scalar(0)), guarded(builder, square))),
      );
      return sumOfRows(builder, adjusted);
    },
  }),
};
