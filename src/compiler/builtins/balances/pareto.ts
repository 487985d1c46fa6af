import { numbersArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { leastSquare, minimiseOverShares, relative } from "../simplex.js";

/** Σ wₖ Lₖ with the w ≥ c, Σ w = 1, at which ‖Σ wₖ gₖ‖ is least. */
export const pareto: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "pareto",
  summary: "Weights the losses so that none can fall without another one rising, each with a least weight.",
  paper:
    "Lin et al.: A Pareto-Efficient Algorithm for Multiple Objective Optimization in E-Commerce Recommendation, 2019",
  parameters: [
    {
      name: "least",
      type: { kind: "numbers" },
      default: [],
      doc: "The least weight of each loss in the order of the spec, together less than 1; without it 0 each.",
    },
    onParameter,
  ],
  weightsOwn: true,
  check: ({ least }, heads) => {
    const bounds = Array.isArray(least) ? least.map(Number) : [];
    if (bounds.length !== 0 && bounds.length !== heads.length)
      return `needs \`least\` for each of ${heads.length} losses, has ${bounds.length}`;
    if (bounds.some((bound) => bound < 0)) return "needs weights ≥ 0 as `least`";
    const sum = bounds.reduce((total, bound) => total + bound, 0);
    return sum < 1 ? undefined : `needs weights of less than 1 together as \`least\`, has ${Number(sum.toFixed(6))}`;
  },
  rule: ({ builder, arguments: args, heads }) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const least = numbersArgument(args, "least");
      const bounds = least.length === 0 ? heads.map(() => 0) : least;
      return minimiseOverShares(builder, relative(builder, products), leastSquare(builder), bounds);
    },
  }),
};
