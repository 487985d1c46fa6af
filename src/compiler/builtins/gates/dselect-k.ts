import type { GraphBuilder } from "../../graph/builder.js";
import type { Initializer, ValueId } from "../../graph/graph.js";
import { numberArgument, textArgument } from "../arguments.js";
import type { GateBuiltin, LayerContext } from "../builtin.js";
import { chosenExpertsProblem } from "../chosen-experts.js";
import { inputOf, knownDim } from "../replicas.js";

export const dselectK: GateBuiltin = {
  kind: "gate",
  name: "dselect_k",
  summary:
    "A softmax over k selectors, each a distribution over the experts that a smooth step of binary codes makes sparse as it trains.",
  paper:
    "Hazimeh et al.: DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task Learning, 2021",
  parameters: [
    {
      name: "k",
      type: { kind: "number", min: 1, max: 4096, integer: true },
      default: 2,
      doc: "The number of selectors, and so the most experts with a weight in the end.",
    },
    {
      name: "gamma",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "The width of the smooth step: a code is exactly 0 or 1 from ±gamma / 2 on.",
    },
    {
      name: "routing",
      type: { kind: "choice", values: ["row", "task"] },
      default: "row",
      doc: "Whether the choice depends on the row's input, or is one for all rows.",
    },
  ],
  problem: (experts, args) =>
    experts < 2 ? "chooses among at least two experts, has 1" : chosenExpertsProblem(experts, args),
  facts: () => ["selectors"],
  lower: (context, experts) => {
    const { builder, arguments: args } = context;
    const k = numberArgument(args, "k");
    const gamma = numberArgument(args, "gamma");
    const bits = Math.ceil(Math.log2(experts));
    const codes = smoothStep(builder, numbersOf(context, "codes", k * bits, gamma / 100), gamma);
    const selectors = selectorsOf(builder, codes, { k, bits, experts });
    const shares = builder.softmax(numbersOf(context, "shares", k, 0.05));
    const [batch = "B"] = builder.shape(selectors);
    const weights = builder.sum(builder.mul(builder.reshape(shares, [batch, k, 1]), selectors), { axes: [1] });
    return { weights, selectors };
  },
};

/** [B, count]: a linear map of the input with a bias, or trained numbers that are the same for each row. */
function numbersOf(context: LayerContext, name: string, count: number, limit: number): ValueId {
  const { builder } = context;
  const x = inputOf(context, 0);
  const initializer: Initializer = { kind: "uniform", low: -limit, high: limit };
  const bias = context.parameter(`${name}.bias`, [count], initializer, "bias");
  const [batch = "B", width] = builder.shape(x);
  if (textArgument(context.arguments, "routing") === "task") return builder.broadcast(bias, [batch, count]);
  const weight = context.parameter(`${name}.weight`, [knownDim(width), count], initializer, "weight");
  return builder.add(builder.matmul(x, weight), bias);
}

/** 0 up to −γ/2, 1 from γ/2 on, and −2t³/γ³ + 3t/(2γ) + 1/2 between. */
function smoothStep(builder: GraphBuilder, t: ValueId, gamma: number): ValueId {
  const half = gamma / 2;
  const inside = builder.maximum(builder.minimum(t, builder.scalar(half)), builder.scalar(-half));
  const cubic = builder.scale(builder.mul(builder.square(inside), inside), -2 / gamma ** 3);
  return builder.add(builder.add(cubic, builder.scale(inside, 1.5 / gamma)), builder.scalar(0.5));
}

/** [B, k, experts] of codes [B, k·bits]: for expert s the product over the bits of the code, or of its complement where the bit is 0. */
function selectorsOf(
  builder: GraphBuilder,
  codes: ValueId,
  { k, bits, experts }: { readonly k: number; readonly bits: number; readonly experts: number },
): ValueId {
  const [batch = "B"] = builder.shape(codes);
  const code = builder.reshape(codes, [batch, k, 1, bits]);
  let product: ValueId | undefined;
  for (let bit = 0; bit < bits; bit += 1) {
    const own = builder.squeeze(builder.slice(code, { axis: 3, begin: bit, size: 1 }), 3);
    const isSet = builder.constant(
      { dtype: "float32", shape: [experts] },
      Array.from({ length: experts }, (_, expert) => (expert >> (bits - 1 - bit)) & 1),
    );
    // c where the bit is set, else 1 − c.
    const factor = builder.add(builder.mul(isSet, own), builder.mul(builder.oneMinus(isSet), builder.oneMinus(own)));
    product = product === undefined ? factor : builder.mul(product, factor);
  }
  if (product === undefined) throw new Error("a selector of one expert has no bit");
  return product;
}
