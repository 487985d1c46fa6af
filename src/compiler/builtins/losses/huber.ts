import { numberArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";

/** With a = min(|e|, δ): a·(|e| − a/2), which is e²/2 up to δ and δ·(|e| − δ/2) beyond. */
export const huber: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "huber",
  summary: "Half the squared error up to `delta`, linear beyond: large errors pull no harder than one of size `delta`.",
  paper: "Huber: Robust Estimation of a Location Parameter, 1964",
  heads: ["expectation"],
  parameters: [
    {
      name: "delta",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "The error at which the loss turns linear, in the label's unit.",
    },
  ],
  trees: {
    activation: "identity",
    parameters: (args) => ({ objective: "huber", alpha: numberArgument(args, "delta") }),
  },
  lower: ({ builder, arguments: args, prediction, target }) => {
    const error = builder.abs(builder.sub(prediction.value, target));
    const near = builder.minimum(error, builder.scalar(numberArgument(args, "delta")));
    return builder.mul(near, builder.sub(error, builder.scale(near, 0.5)));
  },
};
