import type { LayerBuiltin } from "../../builtin.js";
import { inputRows, ownParameter } from "../../replicas.js";
import { fromEqualVectors, problem, shapeOf } from "../../shapes.js";

/** Σ_{i<j} r_ij·vᵢ ⊙ vⱼ; r starts at 1, where it is `bi_interaction`. */
export const biFwfm: LayerBuiltin = {
  kind: "layer",
  name: "bi_fwfm",
  summary: "The sum of the products of all pairs of its inputs, unit by unit, each pair times a trained number.",
  paper:
    "Pan et al.: Field-weighted Factorization Machines for Click-Through Rate Prediction in Display Advertising, 2018",
  inputs: "variadic",
  parameters: [],
  shape: (inputs) =>
    inputs.length < 2 ? problem("needs at least two inputs") : fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder, replicas } = context;
    const values = context.inputs.map((_, index) => inputRows(context, index));
    const count = values.length;
    const size = (count * (count - 1)) / 2;
    const strengths = ownParameter(context, "strength", [size], { kind: "constant", value: 1 }, "weight");
    const stacked = builder.concat(
      values.map((value) => builder.expandDims(value, -2)),
      -2,
    );
    const axis = builder.shape(stacked).length - 2;
    const copies = replicas === undefined ? [] : [replicas];
    let begin = 0;
    const rows = values.slice(0, -1).map((value, first) => {
      const others = count - first - 1;
      const own = builder.slice(strengths, { axis: copies.length, begin, size: others });
      begin += others;
      const after = builder.slice(stacked, { axis, begin: first + 1, size: others });
      const weighted = builder.mul(after, builder.reshape(own, [...copies, others, 1]));
      return builder.mul(value, builder.sum(weighted, { axes: [-2] }));
    });
    return rows.reduce((sum, row) => builder.add(sum, row));
  },
};
