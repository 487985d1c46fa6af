import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { sumOf } from "../vectors.js";

/** Σ Lₖ / (2·e^sₖ) + sₖ/2, where sₖ = log σₖ². Its minimum over sₖ is at sₖ = log Lₖ; s is not bounded. */
export const uncertainty: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "uncertainty",
  summary: "Weights each loss by the inverse of a variance that is trained with the model.",
  paper:
    "Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics, 2018",
  parameters: [
    {
      name: "start",
      type: { kind: "number" },
      default: -0.5,
      doc: "The logarithm of each variance before training; a loss then counts e^(−start) / 2 times.",
    },
  ],
  weight: ({ builder, arguments: args, losses, present, trained }) => {
    const logVariances = trained("log_variance", numberArgument(args, "start"));
    const terms = losses.map((loss, k) => {
      const logVariance = logVariances[k] ?? -1;
      const weighted = builder.scale(builder.mul(loss, builder.exp(builder.neg(logVariance))), 0.5);
      // Without rows there is nothing to be certain about.
      return builder.add(weighted, builder.mul(builder.scale(logVariance, 0.5), present[k] ?? -1));
    });
    return sumOf(builder, terms);
  },
};
