import type { BalanceBuiltin } from "../builtin.js";
import { eigen } from "../eigen.js";
import { onParameter } from "../on-parameter.js";
import { relative } from "../simplex.js";
import { guarded, sizeOf, times } from "../vectors.js";

/** Below this share of the largest an eigenvalue is rounding. */
const leastShare = 1e-6;

/** With GᵀG = V Λ Vᵀ: α = √λ_min · V Λ^(−1/2) Vᵀ · 1, over the eigenvalues that are not 0. */
export const alignedMtl: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "aligned_mtl",
  summary: "Makes the principal directions of the gradients equally long, so that neither size nor conflict decides.",
  paper: "Senushkin et al.: Independent Component Alignment for Multi-Task Learning, 2023",
  parameters: [onParameter],
  weightsOwn: false,
  rule: ({ builder }) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { values, vectors } = eigen(builder, relative(builder, products));
      const least = builder.scale(builder.max(values), leastShare * sizeOf(builder, products));
      const isKept = builder.less(builder.maximum(least, builder.scalar(0)), values);
      const smallest = builder.neg(builder.max(builder.select(isKept, builder.neg(values), builder.scalar(-1e30))));
      const scales = builder.sqrt(builder.div(smallest, guarded(builder, values)));
      const kept = builder.select(isKept, scales, builder.scalar(0));
      const along = builder.sum(vectors, { axes: [0] });
      return times(builder, vectors, builder.mul(kept, along));
    },
  }),
};
