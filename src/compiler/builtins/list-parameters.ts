/** Parameters that several losses over lists have. */
import type { ParameterSpec } from "./parameter.js";

export const orderParameter: ParameterSpec = {
  name: "order",
  type: { kind: "order" },
  default: null,
  doc: "Which labels go before which, none of them last; without it the head's own truth.",
};

export const gainParameter: ParameterSpec = {
  name: "gain",
  type: { kind: "gains" },
  default: null,
  doc: "The gain of labels: a row has the largest of those that hold; without it the head's own truth.",
};

export const atParameter: ParameterSpec = {
  name: "at",
  type: { kind: "number", min: 1, integer: true },
  default: null,
  doc: "Positions of a list that count, from the first; without it all.",
};
