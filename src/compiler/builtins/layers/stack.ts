import type { LayerBuiltin } from "../builtin.js";
import { problem, shapeOf } from "../shapes.js";

/**
 * What each member of a family reads, side by side: [d], [d], … → [members, d]. Made by the checker where members read
 * different tensors; no spec names it.
 */
export const stack: LayerBuiltin = {
  kind: "layer",
  name: "stack",
  summary: "What each member of a family reads.",
  inputs: "variadic",
  parameters: [],
  shape: ([shape]) => (shape === undefined ? problem("needs an input for each member") : shapeOf(...shape)),
  lower: ({ builder, inputs }) =>
    builder.concat(
      inputs.map((input) => builder.expandDims(input, 1)),
      1,
    ),
};
