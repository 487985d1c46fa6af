import type { ValueId } from "../../../graph/graph.js";
import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { glorotUniform } from "../../dense.js";
import { inputRows, ownParameter } from "../../replicas.js";
import { problem, shapeOf, shapeText } from "../../shapes.js";

/** That of `leaky_relu` by default. */
const slope = 0.01;

export const autodis: LayerBuiltin = {
  kind: "layer",
  name: "autodis",
  summary: "The embedding of a number: a softmax, by a small network of the number, over embeddings that are trained.",
  paper: "Guo et al.: An Embedding Learning Framework for Numerical Features in CTR Prediction, 2021",
  inputs: ["x"],
  parameters: [
    {
      name: "width",
      type: { kind: "number", min: 1, max: 65536, integer: true },
      doc: "Number of units of the embedding.",
    },
    {
      name: "buckets",
      type: { kind: "number", min: 1, max: 4096, integer: true },
      default: 20,
      doc: "Number of embeddings that are mixed.",
    },
    {
      name: "keep",
      type: { kind: "number", min: 0 },
      default: 0.1,
      doc: "How much of the first layer goes round the second.",
    },
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "What the softmax is divided by: the smaller, the closer to one embedding.",
    },
  ],
  shape: ([shape = []], args) =>
    shape.length === 1 && shape[0] === 1
      ? shapeOf(numberArgument(args, "width"))
      : problem(`needs one number per row, has ${shapeText(shape)}`),
  lower: (context) => {
    const { builder, replicas, arguments: args } = context;
    const buckets = numberArgument(args, "buckets");
    const width = numberArgument(args, "width");
    // [n, B, 1] of n networks, else [B, 1].
    const rows = inputRows(context, 0);
    const x = replicas === undefined ? rows : builder.transpose(rows, [1, 0, 2]);
    const matrix = (name: string, from: number, to: number): ValueId =>
      ownParameter(context, name, [from, to], glorotUniform(from, to), "weight");
    const leaky = (value: ValueId): ValueId => builder.maximum(value, builder.scale(value, slope));
    const first = leaky(builder.matmul(x, matrix("first", 1, buckets)));
    const second = builder.matmul(first, matrix("second", buckets, buckets));
    const scores = builder.add(second, builder.scale(first, numberArgument(args, "keep")));
    const shares = builder.softmax(builder.scale(scores, 1 / numberArgument(args, "temperature")));
    const mixed = builder.matmul(shares, matrix("embeddings", buckets, width));
    return replicas === undefined ? mixed : builder.transpose(mixed, [1, 0, 2]);
  },
};
