import { activate, activationNames, activationParameter } from "../activations/index.js";
import { numberArgument, numbersArgument, optionalNumber, textArgument } from "../arguments.js";
import type { LayerBuiltin, LayerContext } from "../builtin.js";
import { denseCopies } from "../dense.js";
import { drop, rateParameter } from "../drop.js";
import { defaultNormSettings, isNormKind, normalize, normSettings } from "../normalize.js";
import { inputSignal, rowsFirst, type Signal } from "../replicas.js";
import type { ParameterSpec } from "../parameter.js";
import { fromVector, problem, shapeOf } from "../shapes.js";

/** What `mlp` and the families of such networks take. */
export const mlpParameters: readonly ParameterSpec[] = [
  { name: "widths", type: { kind: "widths" }, doc: "Units of each layer, from the input on." },
  activationParameter,
  { ...rateParameter("dropout", "Share of each layer's units that a training step drops."), default: 0 },
  {
    name: "norm",
    type: { kind: "choice", values: ["none", "layer", "batch"] },
    default: "none",
    doc: "Normalization before each activation: over the units of a row, or over the rows of a batch.",
  },
  {
    name: "last",
    type: { kind: "choice", values: ["same", ...activationNames] },
    default: "same",
    doc: "The last layer's activation, where it is another one.",
  },
  ...normSettings.map((setting): ParameterSpec => ({ ...setting, elided: true })),
];

export const mlpShape: LayerBuiltin["shape"] = (inputs, args) =>
  fromVector(inputs, () => {
    const last = numbersArgument(args, "widths").at(-1);
    return last === undefined ? problem("needs the width of at least one layer") : shapeOf(last);
  });

export const mlp: LayerBuiltin = {
  kind: "layer",
  name: "mlp",
  summary:
    "Layers of linear map, normalization, activation and dropout, in that order. Weights start uniform by Glorot's rule, biases at zero.",
  inputs: ["x"],
  parameters: mlpParameters,
  positions: true,
  shape: mlpShape,
  lower: (context) =>
    rowsFirst(context, mlpLayers(context, inputSignal(context), numbersArgument(context.arguments, "widths"))),
};

/** All layers of these widths, one after another. */
export function mlpLayers(context: LayerContext, input: Signal, widths: readonly number[], prefix = ""): Signal {
  return widths.reduce<Signal>(
    (signal, width, index) => mlpLayer(context, signal, width, `${prefix}${index}.`, index === widths.length - 1),
    input,
  );
}

/** Linear map, normalization, activation and dropout, by the arguments of {@link mlpParameters}. */
export function mlpLayer(context: LayerContext, input: Signal, width: number, prefix: string, isLast: boolean): Signal {
  // Batch normalization takes the mean away, and a bias with it: its shift is the bias.
  const hasBias = textArgument(context.arguments, "norm") !== "batch";
  return afterLinear(context, denseCopies(context, input, width, prefix, hasBias), prefix, isLast);
}

/** What follows a layer's linear map. */
export function afterLinear(context: LayerContext, linear: Signal, prefix: string, isLast: boolean): Signal {
  const { arguments: args } = context;
  const norm = textArgument(args, "norm");
  const last = textArgument(args, "last");
  const activation = isLast && last !== "same" ? last : textArgument(args, "activation");
  const settings = {
    epsilon: optionalNumber(args, "epsilon") ?? defaultNormSettings.epsilon,
    momentum: optionalNumber(args, "momentum") ?? defaultNormSettings.momentum,
  };
  const normal = isNormKind(norm) ? normalize(context, linear, norm, prefix, settings) : linear;
  const active = activate(context, activation, normal, prefix);
  return { ...active, value: drop(context, active.value, numberArgument(args, "dropout")) };
}
