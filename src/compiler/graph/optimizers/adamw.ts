import { scalarOf } from "../settings.js";
import { adam, adamRule } from "./adam.js";
import type { Optimizer } from "./optimizer.js";

/** Adam, and θ shrinks by lr·λ·θ in each step, apart from the gradient; rows that no batch touches do not shrink. */
export const adamw: Optimizer = {
  name: "adamw",
  summary: "Adam with weight decay that is not part of the gradient.",
  paper: "Loshchilov, Hutter: Decoupled Weight Decay Regularization, 2019",
  settings: [
    ...adam.settings,
    {
      name: "weight_decay",
      type: { kind: "number", min: 0 },
      default: 0.01,
      doc: "Share of a parameter, times the learning rate, that is taken away in each step.",
    },
  ],
  slots: adam.slots,
  rule: (context) => {
    const { builder, parameter, rate, settings } = context;
    const share = builder.oneMinus(builder.mul(rate, scalarOf(builder, settings, "weight_decay")));
    return adamRule({ ...context, parameter: builder.mul(parameter, share) });
  },
};
