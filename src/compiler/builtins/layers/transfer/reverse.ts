import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { fromVector, shapeOf } from "../../shapes.js";

export const reverse: LayerBuiltin = {
  kind: "layer",
  name: "reverse",
  summary: "The same value; the gradient that flows back through it is multiplied by −`rate`.",
  paper: "Ganin, Lempitsky: Unsupervised Domain Adaptation by Backpropagation, 2015",
  inputs: ["x"],
  parameters: [
    {
      name: "rate",
      type: { kind: "number", min: 0 },
      default: 1,
      doc: "λ: how strongly what is below learns the opposite of what is above.",
    },
  ],
  positions: true,
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder } = context;
    const x = inputRows(context, 0);
    const held = builder.stopGradient(x);
    // The difference is 0, so that the value is that of x, bit for bit; its gradient is −λ.
    return builder.add(held, builder.scale(builder.sub(held, x), numberArgument(context.arguments, "rate")));
  },
};
