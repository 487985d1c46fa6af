import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import { booleanArgument, numberArgument } from "../arguments.js";
import type { GateBuiltin, LayerContext } from "../builtin.js";
import { chosenExpertsProblem } from "../chosen-experts.js";
import { zeros } from "../dense.js";
import { inputOf, knownDim } from "../replicas.js";

/** Below every logit by so much that its softmax is 0. */
const excluded = -1e30;

export const noisyTopK: GateBuiltin = {
  kind: "gate",
  name: "noisy_top_k",
  summary:
    "softmax over the k largest of x·W + normal noise · softplus(x·W_noise), 0 for the other experts. Both weights start at zero; outside of training there is no noise.",
  paper:
    "Shazeer et al.: Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts Layer, 2017, eq. 3 to 5",
  parameters: [
    {
      name: "k",
      type: { kind: "number", min: 1, max: 4096, integer: true },
      doc: "How many experts of a row have a weight above 0.",
    },
    {
      name: "noise",
      type: { kind: "boolean" },
      default: true,
      doc: "Whether training adds noise to the logits, which `load` needs.",
    },
  ],
  problem: chosenExpertsProblem,
  facts: (args) => (booleanArgument(args, "noise") ? ["load"] : []),
  lower: (context, experts) => {
    const { builder, arguments: args, training } = context;
    const k = numberArgument(args, "k");
    const x = inputOf(context, 0);
    const clean = linearFromZero(context, x, experts, "weight");
    const isNoisy = booleanArgument(args, "noise");
    // Declared in every function, so that all see one state.
    const deviation = isNoisy ? builder.softplus(linearFromZero(context, x, experts, "noise")) : undefined;
    const logits =
      deviation === undefined || !training
        ? clean
        : builder.add(clean, builder.mul(normal(context, builder.shape(clean)), deviation));
    const ranks = ranksOf(builder, logits, experts);
    const kept = builder.less(ranks, builder.scalar(k));
    const weights = builder.softmax(builder.select(kept, logits, builder.fill(builder.shape(logits), excluded)));
    if (deviation === undefined) return { weights };
    const load =
      training && k < experts
        ? chance(builder, { clean, logits, deviation, ranks, kept, k })
        : builder.cast(kept, "float32");
    return { weights, load };
  },
};

function linearFromZero(context: LayerContext, x: ValueId, experts: number, name: string): ValueId {
  const fanIn = knownDim(context.builder.shape(x).at(-1));
  return context.builder.matmul(x, context.parameter(name, [fanIn, experts], zeros, "weight"));
}

/** Standard normal numbers out of two uniform ones each (Box, Muller: A Note on the Generation of Random Normal Deviates, 1958). */
function normal(context: LayerContext, shape: readonly (number | string)[]): ValueId {
  const { builder } = context;
  const radius = builder.sqrt(builder.scale(builder.log(builder.oneMinus(context.random(shape))), -2));
  return builder.mul(radius, builder.cos(builder.scale(context.random(shape), 2 * Math.PI)));
}

/** [B, n]: how many logits of the row are larger, or equal and of an expert before; float32. No gradient. */
function ranksOf(builder: GraphBuilder, logits: ValueId, experts: number): ValueId {
  const one = builder.expandDims(logits, 2);
  const other = builder.expandDims(logits, 1);
  const before = builder.constant(
    { dtype: "bool", shape: [experts, experts] },
    Array.from({ length: experts * experts }, (_, at) => (at % experts < Math.floor(at / experts) ? 1 : 0)),
  );
  const ahead = builder.or(builder.less(one, other), builder.and(builder.equal(one, other), before));
  return builder.sum(builder.cast(ahead, "float32"), { axes: [-1] });
}

/**
 * [B, n]: P(x, i), how probably expert i is among the k largest when only its own noise is drawn again: Φ((clean − the k-th
 * largest of the others) / deviation).
 */
function chance(
  builder: GraphBuilder,
  gate: {
    readonly clean: ValueId;
    readonly logits: ValueId;
    readonly deviation: ValueId;
    readonly ranks: ValueId;
    readonly kept: ValueId;
    readonly k: number;
  },
): ValueId {
  const { clean, logits, deviation, ranks, kept, k } = gate;
  const shape = builder.shape(logits);
  const atRank = (rank: number): ValueId => {
    const isThere = builder.cast(builder.equal(ranks, builder.scalar(rank)), "float32");
    const value = builder.sum(builder.mul(isThere, logits), { axes: [-1], keepDims: true });
    return builder.broadcast(value, shape);
  };
  // Without one of the k largest, the next takes its place as the k-th.
  const threshold = builder.select(kept, atRank(k), atRank(k - 1));
  const distance = builder.div(builder.sub(clean, threshold), deviation);
  return builder.scale(builder.add(builder.erf(builder.scale(distance, Math.SQRT1_2)), builder.scalar(1)), 0.5);
}
