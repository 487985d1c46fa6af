import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { maskOf } from "../../positions.js";
import { stackStates, unitsParameter, unroll, unrolledProblem } from "./recurrent.js";
import { fromSequence, shapeOf } from "../../shapes.js";

export const gru: LayerBuiltin = {
  kind: "layer",
  name: "gru",
  summary:
    "The states of a gated recurrent unit that reads a sequence's values one after another; the last one is `pool(…, kind: last)`.",
  paper:
    "Cho et al.: Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation, 2014",
  inputs: ["x"],
  parameters: [unitsParameter],
  shape: ([shape = []], args) =>
    fromSequence(shape, (length) => unrolledProblem(shape) ?? shapeOf(length, numberArgument(args, "units"))),
  lower: (context) => {
    const { builder } = context;
    const units = numberArgument(context.arguments, "units");
    return stackStates(builder, unroll(context, 0, { mask: maskOf(context, 0), units }));
  },
};
