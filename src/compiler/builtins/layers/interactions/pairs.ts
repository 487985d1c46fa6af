import type { LayerBuiltin } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { fromEqualVectors, problem, shapeOf } from "../../shapes.js";

const summary =
  "The inner product of each pair of its inputs, a unit each: first with second, first with third, and so on.";

/** ⟨vᵢ, vⱼ⟩ for i < j, row by row of the upper triangle. */
export const pairs: LayerBuiltin = {
  kind: "layer",
  name: "pairs",
  summary,
  paper: "Naumov et al.: Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019",
  inputs: "variadic",
  parameters: [],
  shape: (inputs) =>
    inputs.length < 2
      ? problem("needs at least two inputs")
      : fromEqualVectors(inputs, () => shapeOf((inputs.length * (inputs.length - 1)) / 2)),
  lower: (context) => {
    const { builder } = context;
    const values = context.inputs.map((_, index) => inputRows(context, index));
    const stacked = builder.concat(
      values.map((value) => builder.expandDims(value, -2)),
      -2,
    );
    const count = values.length;
    const all = builder.matmul(stacked, stacked, { transposeB: true });
    const axis = builder.shape(all).length - 2;
    const parts = values.slice(1).map((_, first) => {
      const row = builder.squeeze(builder.slice(all, { axis, begin: first, size: 1 }), axis);
      return builder.slice(row, { axis, begin: first + 1, size: count - first - 1 });
    });
    return builder.concat(parts, -1);
  },
};
