import type { LayerBuiltin } from "../builtin.js";
import { numberArgument } from "../arguments.js";
import { inputOf } from "../replicas.js";
import { shapeOf } from "../shapes.js";

/** One member of what a family gives: [members, d] → [d]. Made by the checker for `b.income`; no spec names it. */
export const member: LayerBuiltin = {
  kind: "layer",
  name: "member",
  summary: "One member of a family.",
  inputs: ["family"],
  parameters: [
    {
      name: "index",
      type: { kind: "number", min: 0, integer: true },
      doc: "The member's position in the family, from 0.",
    },
  ],
  shape: ([shape = []]) => shapeOf(...shape),
  lower: (context) => {
    const { builder } = context;
    const begin = numberArgument(context.arguments, "index");
    return builder.squeeze(builder.slice(inputOf(context, 0), { axis: 1, begin, size: 1 }), 1);
  },
};
