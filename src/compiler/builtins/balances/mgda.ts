import type { ValueId } from "../../graph/graph.js";
import { textArgument } from "../arguments.js";
import type { BalanceContext } from "../balance.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { leastSquare, minimiseOverShares, relative } from "../simplex.js";
import { diagonal, guarded, vectorOf } from "../vectors.js";

/** The shares α ≥ 0, Σ α = 1, at which ‖Σ αₖ gₖ / nₖ‖ is least, nₖ being what `normalize` says; then Σ αₖ gₖ. */
export const mgda: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "mgda",
  summary: "Mixes the gradients so that what comes out is as short as it can be, which makes no loss worse.",
  paper: "Sener, Koltun: Multi-Task Learning as Multi-Objective Optimization, 2018",
  parameters: [
    {
      name: "normalize",
      type: { kind: "choice", values: ["none", "l2", "loss", "both"] },
      default: "none",
      doc: "What each gradient is divided by while the shares are found: its norm, its loss, or both.",
    },
    onParameter,
  ],
  weightsOwn: false,
  rule: (context) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { builder } = context;
      return minimiseOverShares(builder, relative(builder, normalized(context, products)), leastSquare(builder));
    },
  }),
};

function normalized({ builder, arguments: args, losses }: BalanceContext, products: ValueId): ValueId {
  const kind = textArgument(args, "normalize");
  const squares: ValueId[] = [];
  if (kind === "l2" || kind === "both") squares.push(diagonal(builder, products));
  if (kind === "loss" || kind === "both") squares.push(builder.square(vectorOf(builder, losses)));
  return squares.reduce((matrix, square) => {
    const norms = builder.sqrt(guarded(builder, square));
    return builder.div(builder.div(matrix, builder.expandDims(norms, 0)), builder.expandDims(norms, 1));
  }, products);
}
