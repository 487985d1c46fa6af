import { float32, multiplyDims } from "../../../graph/dims.js";
import type { Initializer, ValueId } from "../../../graph/graph.js";
import { activationNames } from "../../activations/index.js";
import { booleanArgument, numberArgument, textArgument } from "../../arguments.js";
import type { LayerBuiltin, LayerContext } from "../../builtin.js";
import { dense } from "../../dense.js";
import { drop, rateParameter } from "../../drop.js";
import { softmaxOfPositions } from "./masked.js";
import { mlpLayer } from "../mlp.js";
import { defaultNormSettings, normalize } from "../../normalize.js";
import { maskOf, positionRows } from "../../positions.js";
import { inputOf, knownDim } from "../../replicas.js";
import { fromSequence, problem, shapeOf } from "../../shapes.js";

export const transformer: LayerBuiltin = {
  kind: "layer",
  name: "transformer",
  summary:
    "Blocks of self-attention and a position-wise network over a sequence, each with a residual and layer normalization, on values with a trained vector for each position.",
  paper:
    "Vaswani et al.: Attention Is All You Need, 2017; Kang, McAuley: Self-Attentive Sequential Recommendation, 2018; Chen et al.: Behavior Sequence Transformer for E-commerce Recommendation in Alibaba, 2019",
  inputs: ["x"],
  parameters: [
    {
      name: "heads",
      type: { kind: "number", min: 1, max: 64, integer: true },
      default: 1,
      doc: "Attentions side by side, each over its share of the width.",
    },
    {
      name: "hidden",
      type: { kind: "number", min: 1, max: 65_536, integer: true },
      default: 64,
      doc: "Units of the hidden layer of a block's network.",
    },
    {
      name: "blocks",
      type: { kind: "number", min: 1, max: 24, integer: true },
      default: 1,
      doc: "Blocks one after another.",
    },
    {
      name: "activation",
      type: { kind: "choice", values: activationNames },
      default: "relu",
      doc: "What is applied to each hidden unit.",
    },
    {
      ...rateParameter("dropout", "Share of units that a training step drops: of what attention and network add."),
      default: 0,
    },
    {
      name: "causal",
      type: { kind: "boolean" },
      default: false,
      doc: "Whether a position sees only those before it and itself.",
    },
    {
      name: "positions",
      type: { kind: "boolean" },
      default: true,
      doc: "Whether each position has a trained vector, which is added to its value.",
    },
  ],
  shape: ([shape], args) =>
    fromSequence(shape, (length, width) => {
      const heads = numberArgument(args, "heads");
      return width % heads === 0
        ? shapeOf(length, width)
        : problem(
            `shares a width of ${width} among ${heads} heads, which does not come out even`,
            `take another number of heads, or a width that it divides: \`linear(x, ${Math.ceil(width / heads) * heads})\``,
          );
    }),
  lower: (context) => {
    const { builder, arguments: args } = context;
    const given = inputOf(context, 0);
    const [, length, width] = builder.shape(given);
    const mask = maskOf(context, 0);
    let x = given;
    if (booleanArgument(args, "positions")) {
      const vectors = context.parameter("positions", [knownDim(length), knownDim(width)], small, "weight");
      x = drop(context, builder.add(x, vectors), numberArgument(args, "dropout"));
    }
    for (let block = 0; block < numberArgument(args, "blocks"); block += 1) x = blockOf(context, x, mask, `${block}.`);
    return x;
  },
};

const small: Initializer = { kind: "normal", mean: 0, deviation: 0.02 };

/** Attention, then the network, each added to what it reads and normalized. */
function blockOf(context: LayerContext, x: ValueId, mask: ValueId, prefix: string): ValueId {
  const { builder, arguments: args } = context;
  const [batch = "B", length, width] = builder.shape(x);
  const rows = multiplyDims(batch, knownDim(length));
  const flat = (value: ValueId): ValueId => builder.reshape(value, [rows, knownDim(width)]);
  const each: LayerContext = positionRows(context, 0, rows);
  const rate = numberArgument(args, "dropout");
  const add = (value: ValueId, more: ValueId, name: string): ValueId =>
    normalize(
      each,
      { layout: "shared", value: builder.add(value, drop(each, more, rate)) },
      "layer",
      `${prefix}${name}.norm.`,
      defaultNormSettings,
    ).value;
  const seen = add(flat(x), flat(selfAttention(context, x, mask, `${prefix}attention.`)), "attention");
  const hidden = mlpLayer(
    {
      ...each,
      arguments: { activation: textArgument(args, "activation"), dropout: 0, norm: "none", last: "same" },
    },
    { layout: "shared", value: seen },
    numberArgument(args, "hidden"),
    `${prefix}hidden.`,
    true,
  );
  const network = dense(each, hidden.value, knownDim(width), `${prefix}out.`, true);
  return builder.reshape(add(seen, network, "network"), [batch, knownDim(length), knownDim(width)]);
}

/** softmax(q·kᵀ / √d) · v over the positions that are there, head by head, then a linear map: [B, L, width]. */
function selfAttention(context: LayerContext, x: ValueId, mask: ValueId, prefix: string): ValueId {
  const { builder, arguments: args } = context;
  const [batch = "B", length, width] = builder.shape(x);
  const [steps, wide, heads] = [knownDim(length), knownDim(width), numberArgument(args, "heads")];
  const rows = multiplyDims(batch, steps);
  const each = positionRows(context, 0, rows);
  const flat = builder.reshape(x, [rows, wide]);
  const part = wide / heads;
  /** [B·heads, L, part]. */
  const headsOf = (name: string): ValueId => {
    const whole = dense(each, flat, wide, `${prefix}${name}.`, true);
    const apart = builder.transpose(builder.reshape(whole, [batch, steps, heads, part]), [0, 2, 1, 3]);
    return builder.reshape(apart, [multiplyDims(batch, heads), steps, part]);
  };
  const [query, key, value] = [headsOf("query"), headsOf("key"), headsOf("value")];
  const scores = builder.scale(builder.matmul(query, builder.transpose(key, [0, 2, 1])), 1 / Math.sqrt(part));
  const weights = softmaxOfPositions(
    builder,
    builder.reshape(scores, [batch, heads, steps, steps]),
    whatIsSeen(context, mask, heads, steps),
  );
  const mixed = builder.matmul(builder.reshape(weights, [multiplyDims(batch, heads), steps, steps]), value);
  const joined = builder.transpose(builder.reshape(mixed, [batch, heads, steps, part]), [0, 2, 1, 3]);
  const out = dense(each, builder.reshape(joined, [rows, wide]), wide, `${prefix}out.`, true);
  return builder.reshape(out, [batch, steps, wide]);
}

/** [B, heads, L, L]: 1 where a position sees another one. */
function whatIsSeen({ builder, arguments: args }: LayerContext, mask: ValueId, heads: number, steps: number): ValueId {
  const [batch = "B"] = builder.shape(mask);
  const there = builder.broadcast(builder.reshape(mask, [batch, 1, 1, steps]), [batch, heads, steps, steps]);
  if (!booleanArgument(args, "causal")) return there;
  const before = Array.from({ length: steps * steps }, (_, i) => (i % steps <= Math.floor(i / steps) ? 1 : 0));
  return builder.mul(there, builder.constant(float32(steps, steps), before));
}
