import { booleanArgument, numberArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { denseCopies } from "../dense.js";
import { inputSignal, rowsFirst } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";

export const linear: LayerBuiltin = {
  kind: "layer",
  name: "linear",
  summary: "x·W + b. Weights start uniform by Glorot's rule, biases at zero.",
  inputs: ["x"],
  parameters: [
    { name: "width", type: { kind: "number", min: 1, max: 1_048_576, integer: true }, doc: "Number of units." },
    { name: "bias", type: { kind: "boolean" }, default: true, doc: "Whether b is there." },
  ],
  positions: true,
  shape: (inputs, args) => fromVector(inputs, () => shapeOf(numberArgument(args, "width"))),
  lower: (context) => {
    const width = numberArgument(context.arguments, "width");
    const hasBias = booleanArgument(context.arguments, "bias");
    return rowsFirst(context, denseCopies(context, inputSignal(context), width, "", hasBias));
  },
};
