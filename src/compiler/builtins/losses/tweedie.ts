import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";
import { logOfAmount } from "./amounts.js";

export const tweedie: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "tweedie",
  summary: "−y·p^(1−k)/(1−k) + p^(2−k)/(2−k) with k the power: for amounts that are often 0 and else skewed.",
  paper: "Jørgensen: Exponential Dispersion Models, 1987",
  heads: ["expectation"],
  needs: "positive",
  parameters: [
    {
      name: "power",
      type: { kind: "number", min: 1, max: 2, minOpen: true, maxOpen: true },
      default: 1.5,
      doc: "How the variance grows with the mean, as mean^power: near 1 like counts, near 2 like a gamma distribution.",
    },
  ],
  trees: {
    activation: "exp",
    parameters: (args) => ({ objective: "tweedie", tweedie_variance_power: numberArgument(args, "power") }),
  },
  lower: ({ builder, arguments: args, prediction, target }) => {
    const power = numberArgument(args, "power");
    const log = logOfAmount(builder, prediction.value);
    const powerOf = (exponent: number): ValueId =>
      builder.scale(builder.exp(builder.scale(log, exponent)), 1 / exponent);
    return builder.sub(powerOf(2 - power), builder.mul(target, powerOf(1 - power)));
  },
};
