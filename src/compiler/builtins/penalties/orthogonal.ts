import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import type { PenaltyBuiltin } from "../builtin.js";

export const orthogonal: PenaltyBuiltin = {
  kind: "penalty",
  name: "orthogonal",
  summary:
    "For members of a family of `sluice`, the sum of the squares of G₁ᵀ·G₂ over the pairs of subspaces of each layer, G being a subspace's weights: 0 where subspaces learn other things.",
  paper: "Ruder, Bingel, Augenstein, Søgaard: Latent Multi-task Architecture Learning, 2019",
  on: "parts",
  parameters: [],
  problem: (parts) => {
    if (parts.length === 0) return "needs a family of `sluice`, or members of it";
    const other = parts.find((part) => typeof part.arguments["subspaces"] !== "number");
    return other === undefined
      ? undefined
      : `needs layers in subspaces, as \`sluice\` has them; \`${other.name}\` has none`;
  },
  lower: ({ builder, parts }) =>
    parts
      .flatMap(({ parameters, arguments: args }) =>
        parameters
          .filter(({ name }) => /^\d+\.weight$/.test(name))
          .map(({ value }) => overlap(builder, value, Number(args["subspaces"]))),
      )
      .reduce((sum, each) => builder.add(sum, each), builder.scalar(0)),
};

/** Σ over pairs of subspaces of ‖GᵢᵀGⱼ‖² of weights [inputs, units]. */
function overlap(builder: GraphBuilder, weight: ValueId, subspaces: number): ValueId {
  const [, units = 1] = builder.shape(weight).map(Number);
  const size = units / subspaces;
  const parts = Array.from({ length: subspaces }, (_, part) =>
    builder.slice(weight, { axis: 1, begin: part * size, size }),
  );
  return parts
    .flatMap((one, i) =>
      parts.slice(i + 1).map((other) => builder.sum(builder.square(builder.matmul(one, other, { transposeA: true })))),
    )
    .reduce((sum, each) => builder.add(sum, each), builder.scalar(0));
}
