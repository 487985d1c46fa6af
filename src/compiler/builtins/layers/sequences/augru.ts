import type { ValueId } from "../../../graph/graph.js";
import { numberArgument } from "../../arguments.js";
import type { LayerBuiltin, LayerContext } from "../../builtin.js";
import { glorotUniform } from "../../dense.js";
import { softmaxOfPositions } from "./masked.js";
import { maskOf } from "../../positions.js";
import { unitsParameter, unroll, unrolledProblem } from "./recurrent.js";
import { inputOf, inputRows, knownDim, ownParameter } from "../../replicas.js";
import { fromSequence, problem, shapeOf, shapeText } from "../../shapes.js";

export const augru: LayerBuiltin = {
  kind: "layer",
  name: "augru",
  summary:
    "The last state of a gated recurrent unit over a sequence whose update gates are multiplied by how much each value matters to the target.",
  paper: "Zhou et al.: Deep Interest Evolution Network for Click-Through Rate Prediction, 2019",
  inputs: ["target", "over"],
  parameters: [unitsParameter],
  shape: ([target = [], over = []], args) =>
    fromSequence(over, () => {
      if (target.length !== 1)
        return problem(`needs a target that is a vector, has ${shapeText(target)} and ${shapeText(over)}`);
      return unrolledProblem(over) ?? shapeOf(numberArgument(args, "units"));
    }),
  lower: (context) => {
    const { builder, replicas } = context;
    const mask = maskOf(context, 1);
    const attention = softmaxOfPositions(builder, scoresOf(context), mask);
    const units = numberArgument(context.arguments, "units");
    const states = unroll(context, 1, { mask, units, attention });
    const last = states.at(-1) ?? -1;
    return replicas === undefined ? last : builder.transpose(last, [1, 0, 2]);
  },
};

/** xᵀ·W·target of each position: [B, L], or [n, B, L] of n networks. */
function scoresOf(context: LayerContext): ValueId {
  const { builder, replicas } = context;
  const values = inputOf(context, 1);
  const [batch = "B", length, width] = builder.shape(values);
  const target = inputRows(context, 0);
  const wide = knownDim(builder.shape(target).at(-1));
  const [steps, keys] = [knownDim(length), knownDim(width)];
  const weight = ownParameter(context, "attention.weight", [wide, keys], glorotUniform(wide, keys), "weight");
  if (replicas === undefined) {
    const query = builder.expandDims(builder.matmul(target, weight), 1);
    return builder.sum(builder.mul(query, values), { axes: [2] });
  }
  const query = builder.matmul(builder.transpose(target, [1, 0, 2]), weight);
  const all = builder.broadcast(values, [replicas, batch, steps, keys]);
  const products = builder.mul(builder.expandDims(query, 2), all);
  return builder.reshape(builder.sum(products, { axes: [3] }), [replicas, batch, steps]);
}
