import type { BalanceBuiltin } from "../builtin.js";

export const fixed: BalanceBuiltin = {
  kind: "balance",
  form: "fixed",
  name: "fixed",
  summary: "The weights of the losses are what the spec says.",
  parameters: [],
};
