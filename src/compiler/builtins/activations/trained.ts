/** Activations with a trained number for each unit. */
import type { Initializer } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { LayerContext } from "../builtin.js";
import { standardizeBatch } from "../normalize.js";
import { ownParameter, type Signal, spreadUnits, widthOf } from "../replicas.js";
import { type ActivationBuiltin, belowZero } from "./activation.js";

const alphaName = "alpha";

/** A trained α for each unit, beside the signal. */
function trainedAlpha(context: LayerContext, signal: Signal, prefix: string, initial: number): number {
  const initializer: Initializer = { kind: "constant", value: initial };
  return spreadUnits(
    context,
    signal,
    ownParameter(context, `${prefix}${alphaName}`, [widthOf(context, signal)], initializer, "scale"),
  );
}

export const prelu: ActivationBuiltin = {
  kind: "activation",
  name: "prelu",
  summary: "x where it is above 0, else α·x, with a trained α for each unit.",
  paper: "He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015",
  parameters: [{ name: "initial", type: { kind: "number" }, default: 0.25, doc: "Where each α starts." }],
  lower: (context, signal, prefix) => {
    const { builder, arguments: args } = context;
    const alpha = trainedAlpha(context, signal, prefix, numberArgument(args, "initial"));
    return builder.add(builder.relu(signal.value), builder.mul(alpha, belowZero(builder, signal.value)));
  },
};

export const dice: ActivationBuiltin = {
  kind: "activation",
  name: "dice",
  summary:
    "p·x + (1 − p)·α·x with p = σ of the unit's value over the batch in units of its deviation, and a trained α for each unit.",
  paper: "Zhou et al.: Deep Interest Network for Click-Through Rate Prediction, 2018, eq. 9",
  parameters: [
    { name: "initial", type: { kind: "number" }, default: 0, doc: "Where each α starts." },
    {
      name: "epsilon",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1e-8,
      doc: "Added to the variance, so that nothing is divided by zero.",
    },
    {
      name: "momentum",
      type: { kind: "number", min: 0, max: 1, maxOpen: true },
      default: 0.99,
      doc: "Share of the running mean and variance that is kept in each step; they are used outside of training.",
    },
  ],
  lower: (context, signal, prefix) => {
    const { builder, arguments: args } = context;
    const alpha = trainedAlpha(context, signal, prefix, numberArgument(args, "initial"));
    const settings = { epsilon: numberArgument(args, "epsilon"), momentum: numberArgument(args, "momentum") };
    const p = builder.sigmoid(standardizeBatch(context, signal, prefix, settings));
    const weight = builder.add(p, builder.mul(builder.oneMinus(p), alpha));
    return builder.mul(weight, signal.value);
  },
};
