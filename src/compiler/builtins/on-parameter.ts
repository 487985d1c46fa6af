import type { ParameterSpec } from "./parameter.js";

/** Where the gradients of losses are compared and combined. */
export const onParameter: ParameterSpec = {
  name: "on",
  type: { kind: "choice", values: ["parameters", "representation"] },
  default: "parameters",
  doc: "What the gradients are taken with respect to: the shared parameters, or the shared representation, which costs less.",
};
