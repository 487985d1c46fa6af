/** Layers that make one number per row of the units of tensors. */
import type { LayerBuiltin } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { fromEqualVectors, fromVector, shapeOf } from "../../shapes.js";

export const dot: LayerBuiltin = {
  kind: "layer",
  name: "dot",
  summary: "The inner product Σ aᵢbᵢ of two vectors of one width: one number per row.",
  inputs: ["a", "b"],
  parameters: [],
  isInnerProduct: true,
  shape: (inputs) => fromEqualVectors(inputs, () => shapeOf(1)),
  lower: (context) => {
    const { builder } = context;
    const product = builder.mul(inputRows(context, 0), inputRows(context, 1));
    return builder.sum(product, { axes: [-1], keepDims: true });
  },
};

export const sumUnits: LayerBuiltin = {
  kind: "layer",
  name: "sum_units",
  summary: "The sum of a tensor's units: one number per row.",
  inputs: ["x"],
  parameters: [],
  positions: true,
  shape: (inputs) => fromVector(inputs, () => shapeOf(1)),
  lower: (context) => context.builder.sum(inputRows(context, 0), { axes: [-1], keepDims: true }),
};
