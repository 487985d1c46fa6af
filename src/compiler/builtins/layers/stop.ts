import type { LayerBuiltin } from "../builtin.js";
import { inputRows } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";

export const stop: LayerBuiltin = {
  kind: "layer",
  name: "stop",
  summary: "The same value; no gradient flows back through it.",
  inputs: ["x"],
  parameters: [],
  stopsGradient: true,
  positions: true,
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => context.builder.stopGradient(inputRows(context, 0)),
};
