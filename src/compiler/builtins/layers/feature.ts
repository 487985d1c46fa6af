import { textArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { problem } from "../shapes.js";

/** What a feature's name stands for in the network; specs never write it. Its shape is the feature's, set by the checker. */
export const feature: LayerBuiltin = {
  kind: "layer",
  name: "feature",
  summary: "A feature's tensor: its number, its embedding, or a bag's pooled embeddings.",
  inputs: "none",
  parameters: [{ name: "feature", type: { kind: "reference", to: "feature" }, doc: "The feature." }],
  shape: () => problem("is written by only the feature's name"),
  lower: (context) => context.feature(textArgument(context.arguments, "feature"), "own"),
};
