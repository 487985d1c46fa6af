import type { BalanceBuiltin } from "../builtin.js";
import { logsOf, sumOf } from "../vectors.js";

/** (Π Lₖ)^(1/K), as e to the mean of the logarithms. */
export const gls: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "gls",
  summary: "Minimises the geometric mean of the losses, so that only their relative changes count.",
  paper:
    "Chennupati et al.: MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy for Multi-Task Learning, 2019",
  parameters: [],
  weight: ({ builder, losses, present }) => {
    const logs = logsOf(builder, losses).map((log, k) => builder.mul(log, present[k] ?? -1));
    const count = builder.maximum(sumOf(builder, present), builder.scalar(1));
    return builder.exp(builder.div(sumOf(builder, logs), count));
  },
};
