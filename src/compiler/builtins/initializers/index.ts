/** How parameters may start: what `init` of the `train` block names. */
import type { Fans, Initializer } from "../../graph/graph.js";
import type { Arguments } from "../../model/model.js";
import { numberArgument } from "../arguments.js";
import type { ParameterSpec } from "../parameter.js";

export interface InitializerBuiltin {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly summary: string;
  readonly paper?: string;
  readonly parameters: readonly ParameterSpec[];
  /** Of a weight between so many units, or of a bias of the latter. */
  readonly of: (fans: Fans, args: Arguments) => Initializer;
}

const deviation: ParameterSpec = {
  name: "deviation",
  type: { kind: "number", min: 0 },
  doc: "The standard deviation, before values are cut off.",
};

const constant: InitializerBuiltin = {
  name: "constant",
  summary: "One value for all.",
  parameters: [{ name: "value", type: { kind: "number" }, doc: "The value." }],
  of: (_, args) => ({ kind: "constant", value: numberArgument(args, "value") }),
};

const normal: InitializerBuiltin = {
  name: "normal",
  summary: "Normal with mean 0.",
  parameters: [deviation],
  of: (_, args) => ({ kind: "normal", mean: 0, deviation: numberArgument(args, "deviation") }),
};

const truncatedNormal: InitializerBuiltin = {
  name: "truncated_normal",
  summary: "Normal with mean 0, without what is more than two deviations from it.",
  parameters: [deviation],
  of: (_, args) => ({ kind: "truncated", deviation: numberArgument(args, "deviation") }),
};

const uniform: InitializerBuiltin = {
  name: "uniform",
  summary: "Uniform in ±limit.",
  parameters: [{ name: "limit", type: { kind: "number", min: 0 }, doc: "The largest value." }],
  of: (_, args) => within(numberArgument(args, "limit")),
};

const fanInUniform: InitializerBuiltin = {
  name: "fan_in_uniform",
  summary: "Uniform in ±scale/√inputs: with scale 1, how PyTorch starts weights and biases.",
  parameters: [
    { name: "scale", type: { kind: "number", min: 0 }, default: 1, doc: "What the bound is multiplied by." },
  ],
  of: ({ inputs }, args) => within(numberArgument(args, "scale") / Math.sqrt(inputs)),
};

const glorot = "Glorot, Bengio: Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010";
const he =
  "He, Zhang, Ren, Sun: Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification, 2015";

const glorotUniform: InitializerBuiltin = {
  name: "glorot_uniform",
  summary: "Uniform in ±√(6 / (inputs + units)).",
  paper: glorot,
  parameters: [],
  of: ({ inputs, units }) => within(Math.sqrt(6 / (inputs + units))),
};

const glorotNormal: InitializerBuiltin = {
  name: "glorot_normal",
  summary: "Normal with the variance 2 / (inputs + units).",
  paper: glorot,
  parameters: [],
  of: ({ inputs, units }) => ({ kind: "normal", mean: 0, deviation: Math.sqrt(2 / (inputs + units)) }),
};

const heUniform: InitializerBuiltin = {
  name: "he_uniform",
  summary: "Uniform in ±√(6 / inputs).",
  paper: he,
  parameters: [],
  of: ({ inputs }) => within(Math.sqrt(6 / inputs)),
};

const heNormal: InitializerBuiltin = {
  name: "he_normal",
  summary: "Normal with the variance 2 / inputs.",
  paper: he,
  parameters: [],
  of: ({ inputs }) => ({ kind: "normal", mean: 0, deviation: Math.sqrt(2 / inputs) }),
};

function within(limit: number): Initializer {
  return { kind: "uniform", low: -limit, high: limit };
}

export const initializers: readonly InitializerBuiltin[] = [
  constant,
  normal,
  truncatedNormal,
  uniform,
  fanInUniform,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
];
