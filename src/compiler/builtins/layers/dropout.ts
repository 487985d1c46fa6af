import { numberArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { drop, rateParameter } from "../drop.js";
import { inputRows } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";

export const dropout: LayerBuiltin = {
  kind: "layer",
  name: "dropout",
  summary: "In training, units are zero with probability `rate` and the others divided by 1 − rate.",
  paper: "Srivastava et al.: Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014",
  inputs: ["x"],
  parameters: [rateParameter("rate", "Share of the units that a training step drops.")],
  positions: true,
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => drop(context, inputRows(context, 0), numberArgument(context.arguments, "rate")),
};
