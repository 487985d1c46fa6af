/** The activations that layers offer by name. */
import type { GraphBuilder } from "../graph/builder.js";
import type { ValueId } from "../graph/graph.js";
import type { ParameterSpec } from "./parameter.js";

type Activation = (builder: GraphBuilder, x: ValueId) => ValueId;

const activations = {
  none: (_builder, x) => x,
  relu: (builder, x) => builder.relu(x),
  /** x·Φ(x) by its tanh form: Hendrycks, Gimpel: Gaussian Error Linear Units, 2016. */
  gelu: (builder, x) => {
    const cubic = builder.mul(builder.scale(builder.square(x), 0.044715), x);
    const inner = builder.scale(builder.add(x, cubic), Math.sqrt(2 / Math.PI));
    return builder.mul(builder.scale(x, 0.5), builder.add(builder.scalar(1), builder.tanh(inner)));
  },
  /** x·σ(x): Ramachandran, Zoph, Le: Searching for Activation Functions, 2017. */
  swish: (builder, x) => builder.mul(x, builder.sigmoid(x)),
  tanh: (builder, x) => builder.tanh(x),
  sigmoid: (builder, x) => builder.sigmoid(x),
  softplus: (builder, x) => builder.softplus(x),
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations);

function isActivation(name: string): name is ActivationName {
  return Object.hasOwn(activations, name);
}

/** Elementwise; `name` is one of {@link activationNames}. */
export function activate(builder: GraphBuilder, name: string, x: ValueId): ValueId {
  if (!isActivation(name)) throw new Error(`there is no activation ${name}`);
  return activations[name](builder, x);
}

export const activationParameter: ParameterSpec = {
  name: "activation",
  type: { kind: "choice", values: activationNames },
  default: "relu",
  doc: "What is applied to each unit after the linear map.",
};
