/** The activations, a line each, in the order in which editors offer them. */
import type { ActivationBuiltin } from "./activation.js";
import { elu, gelu, leakyRelu, relu, sigmoid, softplus, swish, tanh } from "./plain.js";
import { dice, prelu } from "./trained.js";

export const activations: readonly ActivationBuiltin[] = [
  relu,
  gelu,
  swish,
  tanh,
  sigmoid,
  softplus,
  leakyRelu,
  elu,
  prelu,
  dice,
];
