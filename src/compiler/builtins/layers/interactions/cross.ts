import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { glorotUniform, zeroBias } from "../../dense.js";
import { inputRows, knownDim, ownParameter } from "../../replicas.js";
import type { ParameterSpec } from "../../parameter.js";
import { fromVector, shapeOf } from "../../shapes.js";

/** How many layers of crosses there are, of either form. */
export const depthParameter: ParameterSpec = {
  name: "depth",
  type: { kind: "number", min: 1, max: 64, integer: true },
  default: 2,
  doc: "Number of cross layers.",
};

/** x_{l+1} = x₀·(x_l·w_l) + b_l + x_l, the product x_l·w_l being one number per row. */
export const cross: LayerBuiltin = {
  kind: "layer",
  name: "cross",
  summary: "Layers that multiply what came so far with the input: products of up to depth + 1 features.",
  paper: "Wang, Fu, Fu, Wang: Deep & Cross Network for Ad Click Predictions, 2017",
  inputs: ["x"],
  parameters: [depthParameter],
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder } = context;
    const first = inputRows(context, 0);
    const width = knownDim(builder.shape(first).at(-1));
    let x = first;
    for (let layer = 0; layer < numberArgument(context.arguments, "depth"); layer += 1) {
      const weight = ownParameter(context, `${layer}.weight`, [width], glorotUniform(width, 1), "weight");
      const bias = ownParameter(context, `${layer}.bias`, [width], zeroBias(width, 1), "bias");
      const product = builder.sum(builder.mul(x, weight), { axes: [-1], keepDims: true });
      x = builder.add(builder.add(builder.mul(first, product), bias), x);
    }
    return x;
  },
};
