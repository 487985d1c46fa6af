import type { Dim, ValueId } from "../../../graph/graph.js";
import { multiplyDims } from "../../../graph/dims.js";
import { booleanArgument, numberArgument } from "../../arguments.js";
import type { LayerBuiltin, LayerContext } from "../../builtin.js";
import { glorotUniform } from "../../dense.js";
import { inputRows, knownDim, ownParameter } from "../../replicas.js";
import { fromEqualVectors, problem, shapeOf } from "../../shapes.js";

export const autoint: LayerBuiltin = {
  kind: "layer",
  name: "autoint",
  summary:
    "Layers of multi-head self-attention among its inputs, each with a residual and `relu`; the last layer's values, one after another.",
  paper: "Song et al.: AutoInt: Automatic Feature Interaction Learning via Self-Attentive Neural Networks, 2019",
  inputs: "variadic",
  parameters: [
    {
      name: "width",
      type: { kind: "number", min: 1, max: 65536, integer: true },
      default: 16,
      doc: "Number of units of a head.",
    },
    {
      name: "heads",
      type: { kind: "number", min: 1, max: 64, integer: true },
      default: 2,
      doc: "Number of attention heads.",
    },
    {
      name: "depth",
      type: { kind: "number", min: 1, max: 64, integer: true },
      default: 2,
      doc: "Number of layers.",
    },
    {
      name: "scaled",
      type: { kind: "boolean" },
      default: false,
      doc: "Whether inner products are divided by the root of `width`, which the paper does not do.",
    },
  ],
  shape: (inputs, args) =>
    inputs.length < 2
      ? problem("needs at least two inputs")
      : fromEqualVectors(inputs, () =>
          shapeOf(inputs.length * numberArgument(args, "width") * numberArgument(args, "heads")),
        ),
  lower: (context) => {
    const { builder, replicas } = context;
    const fields = context.inputs.length;
    // [n, B·fields, d] of n networks, else [B·fields, d].
    const rows = context.inputs.map((_, index) => inputRows(context, index));
    const stacked = builder.concat(
      rows.map((value) => builder.expandDims(value, -2)),
      -2,
    );
    const [batch = "B"] = builder.shape(stacked);
    const width = knownDim(builder.shape(stacked).at(-1));
    let value =
      replicas === undefined
        ? builder.reshape(stacked, [multiplyDims(batch, fields), width])
        : builder.reshape(builder.transpose(stacked, [1, 0, 2, 3]), [replicas, multiplyDims(batch, fields), width]);
    for (let layer = 0; layer < numberArgument(context.arguments, "depth"); layer += 1)
      value = interact(context, value, { batch, fields }, `${layer}.`);
    const out = knownDim(builder.shape(value).at(-1)) * fields;
    return replicas === undefined
      ? builder.reshape(value, [batch, out])
      : builder.transpose(builder.reshape(value, [replicas, batch, out]), [1, 0, 2]);
  },
};

/** relu(heads of Σ_k softmax_k⟨Q e_m, K e_k⟩·V e_k, side by side, + R e_m) for every input m: [rows, d] → [rows, heads·width]. */
function interact(
  context: LayerContext,
  value: ValueId,
  { batch, fields }: { readonly batch: Dim; readonly fields: number },
  prefix: string,
): ValueId {
  const { builder, replicas, arguments: args } = context;
  const [width, heads] = [numberArgument(args, "width"), numberArgument(args, "heads")];
  const inputs = knownDim(builder.shape(value).at(-1));
  const copies = replicas === undefined ? [] : [replicas];
  const map = (name: string): ValueId => {
    const initializer = glorotUniform(inputs, heads * width);
    return builder.matmul(
      value,
      ownParameter(context, `${prefix}${name}`, [inputs, heads * width], initializer, "weight"),
    );
  };
  // [n·B, heads, fields, width].
  const byHead = (each: ValueId): ValueId => {
    const apart = builder.reshape(each, [multiplyDims(replicas ?? 1, batch), fields, heads, width]);
    return builder.transpose(apart, [0, 2, 1, 3]);
  };
  const [query, key, own] = [byHead(map("query")), byHead(map("key")), byHead(map("value"))];
  const products = builder.matmul(query, key, { transposeB: true });
  const scores = booleanArgument(args, "scaled") ? builder.scale(products, 1 / Math.sqrt(width)) : products;
  const attended = builder.transpose(builder.matmul(builder.softmax(scores), own), [0, 2, 1, 3]);
  const joined = builder.reshape(attended, [...copies, multiplyDims(batch, fields), heads * width]);
  return builder.relu(builder.add(joined, map("residual")));
}
