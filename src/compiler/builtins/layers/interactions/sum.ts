import type { LayerBuiltin } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { fromEqualVectors, shapeOf } from "../../shapes.js";

/** Σᵢ vᵢ, from the left. */
export const sum: LayerBuiltin = {
  kind: "layer",
  name: "sum",
  summary: "The sum of its inputs, unit by unit: of `each embedding(f, 1)`, the wide part of a model.",
  inputs: "variadic",
  parameters: [],
  shape: (inputs) => fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) =>
    context.inputs
      .map((_, index) => inputRows(context, index))
      .reduce((total, value) => context.builder.add(total, value)),
};
