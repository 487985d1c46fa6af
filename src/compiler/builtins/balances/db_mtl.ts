import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { diagonal, guarded, logsOf, scalarsOf, vectorOf } from "../vectors.js";

/**
 * Σ ĝₖ · max ‖ĝ‖ / ‖ĝₖ‖ with running means of the gradients of log Lₖ: ĝ ← β/tᵟ · ĝ + (1 − β/tᵟ) · g, t counted from 1 and ĝ
 * starting at 0.
 */
export const dbMtl: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "db_mtl",
  summary:
    "Minimises the logarithms of the losses, and makes running means of their gradients as long as the longest of them.",
  paper: "Lin et al.: Dual-Balancing for Multi-Task Learning, 2023",
  parameters: [
    {
      name: "beta",
      type: { kind: "number", min: 0, max: 1, maxOpen: true },
      default: 0.9,
      doc: "Share of each running mean that the first step keeps.",
    },
    {
      name: "decay",
      type: { kind: "number", min: 0 },
      default: 0,
      doc: "How fast that share falls: step t keeps beta / t^decay.",
    },
  ],
  weightsOwn: false,
  on: "parameters",
  transform: ({ builder, losses }) => logsOf(builder, losses),
  rule: ({ builder, arguments: args, heads, present, steps }) => {
    const time = builder.add(steps, builder.scalar(1));
    const [beta, decay] = [numberArgument(args, "beta"), numberArgument(args, "decay")];
    const kept = builder.scale(builder.pow(time, builder.scalar(-decay)), beta);
    // A loss without rows changes nothing of its mean.
    const shares = builder.mul(vectorOf(builder, present), builder.oneMinus(kept));
    return {
      by: "products",
      over: "all",
      running: { names: heads, shares: scalarsOf(builder, shares) },
      coefficients: (products) => {
        const norms = builder.sqrt(diagonal(builder, products));
        const isThere = builder.cast(builder.less(builder.scalar(0), norms), "float32");
        return builder.mul(isThere, builder.div(builder.max(norms), guarded(builder, norms)));
      },
    };
  },
};
