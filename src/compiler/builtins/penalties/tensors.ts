/** Losses between tensors of a batch: a pair of them is to be alike, row by row. */
import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import { booleanArgument, numberArgument } from "../arguments.js";
import type { PenaltyBuiltin, PenaltyContext } from "../builtin.js";

/** Far below every norm and sum of weights that is not 0. */
const tiny = 1e-12;

/** Two vectors of one width. */
function twoAlike(shapes: readonly (readonly number[])[]): string | undefined {
  const [a, b] = shapes;
  if (shapes.length === 2 && a?.length === 1 && b?.length === 1 && a[0] === b[0]) return undefined;
  return `needs two vectors of one width, has ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`;
}

/** Lower than any similarity over a temperature, so that a row that does not count has no share. */
const absent = -1e30;

export const distance: PenaltyBuiltin = {
  kind: "penalty",
  name: "distance",
  summary: "The mean over rows and units of (a − b)²: `distance(light, stop(deep))` teaches `light` what `deep` gives.",
  paper: "Romero et al.: FitNets: Hints for Thin Deep Nets, 2015",
  on: "nodes",
  fits: twoAlike,
  parameters: [],
  lower: (context) => {
    const { builder, nodes } = context;
    const [a = -1, b = -1] = nodes;
    return overRows(context, builder.mean(builder.square(builder.sub(a, b)), { axes: [1] }));
  },
};

export const infoNce: PenaltyBuiltin = {
  kind: "penalty",
  name: "info_nce",
  summary:
    "The mean over rows i of −log softmax over rows j of s(aᵢ, bⱼ) / temperature at j = i: a row is told from the others of its batch.",
  paper: "van den Oord, Li, Vinyals: Representation Learning with Contrastive Predictive Coding, 2018",
  on: "nodes",
  fits: twoAlike,
  parameters: [
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 0.1,
      doc: "Smaller values tell more of the rows that are most alike.",
    },
    {
      name: "cosine",
      type: { kind: "boolean" },
      default: true,
      doc: "Whether s is the cosine of a and b; else it is their inner product.",
    },
  ],
  lower: (context) => {
    const { builder, nodes, arguments: args } = context;
    const sides = booleanArgument(args, "cosine") ? nodes.map((node) => unitLength(builder, node)) : nodes;
    const [a = -1, b = -1] = sides;
    const scale = 1 / numberArgument(args, "temperature");
    const logits = builder.scale(builder.matmul(a, b, { transposeB: true }), scale);
    const own = builder.scale(builder.sum(builder.mul(a, b), { axes: [1] }), scale);
    const counts = builder.less(builder.scalar(0), builder.expandDims(context.weights(), 0));
    const among = builder.select(counts, logits, builder.scalar(absent));
    const highest = builder.stopGradient(builder.max(among, { axes: [1], keepDims: true }));
    const sum = builder.sum(builder.exp(builder.sub(among, highest)), { axes: [1] });
    return overRows(context, builder.sub(builder.add(builder.squeeze(highest, 1), builder.log(sum)), own));
  },
};

/** [B, d]: rows of length 1. */
function unitLength(builder: GraphBuilder, x: ValueId): ValueId {
  const square = builder.sum(builder.square(x), { axes: [1], keepDims: true });
  return builder.div(x, builder.sqrt(builder.maximum(square, builder.scalar(tiny))));
}

/** Σ w·l / Σ w; 0 where no row counts. */
function overRows({ builder, weights }: PenaltyContext, losses: ValueId): ValueId {
  const total = builder.maximum(builder.sum(weights()), builder.scalar(tiny));
  return builder.div(builder.sum(builder.mul(weights(), losses)), total);
}
