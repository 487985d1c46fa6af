import type { BalanceBuiltin } from "../builtin.js";
import { inner, vectorOf } from "../vectors.js";

/** Σ wₖ Lₖ with w = softmax(n), n standard normal, drawn in each step. */
export const rlw: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "rlw",
  summary: "Weights the losses at random in each step: what other balances have to beat.",
  paper: "Lin et al.: Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning, 2022",
  parameters: [],
  weight: ({ builder, losses, random }) => {
    const shape = [losses.length];
    // Box, Muller: two uniform numbers make a normal one. 1 − u is never 0.
    const radius = builder.sqrt(builder.scale(builder.log(builder.oneMinus(random(shape))), -2));
    const normal = builder.mul(radius, builder.cos(builder.scale(random(shape), 2 * Math.PI)));
    return inner(builder, vectorOf(builder, losses), builder.softmax(normal));
  },
};
