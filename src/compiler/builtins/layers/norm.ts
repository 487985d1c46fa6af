import { numberArgument, textArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { isNormKind, normalize, normSettings } from "../normalize.js";
import { inputSignal, rowsFirst } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";

export const norm: LayerBuiltin = {
  kind: "layer",
  name: "norm",
  summary:
    "Units with mean 0 and deviation 1, over a row (`layer`) or over a batch (`batch`), then scaled and shifted.",
  paper: "Ba, Kiros, Hinton: Layer Normalization, 2016; Ioffe, Szegedy: Batch Normalization, 2015",
  inputs: ["x"],
  parameters: [
    {
      name: "kind",
      type: { kind: "choice", values: ["layer", "batch"] },
      default: "layer",
      doc: "Over what mean and deviation are taken: the units of a row, or the rows of a batch.",
    },
    ...normSettings,
  ],
  positions: true,
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { arguments: args } = context;
    const kind = textArgument(args, "kind");
    if (!isNormKind(kind)) throw new Error(`there is no normalization ${kind}`);
    const settings = { epsilon: numberArgument(args, "epsilon"), momentum: numberArgument(args, "momentum") };
    return rowsFirst(context, normalize(context, inputSignal(context), kind, "", settings));
  },
};
