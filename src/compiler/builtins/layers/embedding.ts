import { numberArgument, textArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { shapeOf } from "../shapes.js";

export const embedding: LayerBuiltin = {
  kind: "layer",
  name: "embedding",
  summary:
    "A feature's embedding out of a table of its own, apart from the feature's; a bag is pooled as the bag says.",
  inputs: "none",
  parameters: [
    { name: "feature", type: { kind: "reference", to: "feature" }, doc: "A feature with ids." },
    {
      name: "width",
      type: { kind: "number", min: 1, max: 65_536, integer: true },
      doc: "Numbers an id.",
    },
    {
      name: "from",
      type: { kind: "text" },
      default: null,
      elided: true,
      doc: "A file with a vector of that width for each id, which training starts from: by the column of the feature's name.",
    },
  ],
  shape: (_inputs, args) => shapeOf(numberArgument(args, "width")),
  lower: (context) => {
    const { builder, replicas } = context;
    const width = numberArgument(context.arguments, "width");
    // n tables side by side are one table of n times the width.
    const table = { width: width * (replicas ?? 1) };
    const value = context.feature(textArgument(context.arguments, "feature"), table);
    const [batch = "B"] = builder.shape(value);
    return replicas === undefined ? value : builder.reshape(value, [batch, replicas, width]);
  },
};

/** The same by its short name. */
export const embed: LayerBuiltin = { ...embedding, name: "embed" };
