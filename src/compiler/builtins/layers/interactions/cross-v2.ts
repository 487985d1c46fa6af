import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { denseCopies } from "../../dense.js";
import { inputRows, inputSignal, rowsFirst, type Signal, spreadRows } from "../../replicas.js";
import { fromVector, shapeOf } from "../../shapes.js";
import { depthParameter } from "./cross.js";

/** x_{l+1} = x₀ ⊙ (W_l·x_l + b_l) + x_l; with a rank, W_l = V_l·U_l through so many units. */
export const crossV2: LayerBuiltin = {
  kind: "layer",
  name: "cross_v2",
  summary:
    "Layers that multiply the input, unit by unit, with a linear map of what came so far: products of up to depth + 1 features.",
  paper:
    "Wang et al.: DCN V2: Improved Deep & Cross Network and Practical Lessons for Web-scale Learning to Rank Systems, 2021, eq. 1 and 2",
  inputs: ["x"],
  parameters: [
    depthParameter,
    {
      name: "rank",
      type: { kind: "number", min: 1, max: 1_048_576, integer: true },
      default: null,
      doc: "Units between the two factors of each weight; without it the weight is whole.",
    },
  ],
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder, arguments: args } = context;
    const first = inputRows(context, 0);
    const width = Number(builder.shape(first).at(-1));
    const rank = args["rank"];
    let x = first;
    for (let layer = 0; layer < numberArgument(args, "depth"); layer += 1) {
      const signal: Signal = layer === 0 ? inputSignal(context) : spreadRows(context, x);
      const narrow = typeof rank === "number" ? denseCopies(context, signal, rank, `${layer}.narrow.`, false) : signal;
      const mapped = rowsFirst(context, denseCopies(context, narrow, width, `${layer}.`, true));
      x = builder.add(builder.mul(first, mapped), x);
    }
    return x;
  },
};
