import { int32 } from "../../graph/index.js";
import { textArgument } from "../arguments.js";
import type { LayerBuiltin } from "../builtin.js";
import { inputRows } from "../replicas.js";
import { fromEqualVectors, shapeOf } from "../shapes.js";

/**
 * Σ_k 1[id = k + 1]·x_k. In the model its inputs are the members and then the feature, whose id it reads; the checker holds the
 * members to the feature's values.
 */
export const pick: LayerBuiltin = {
  kind: "layer",
  name: "pick",
  summary:
    "The member of a family that the row's value of a feature stands for; zeros where it is none of them. Only that member learns from the row.",
  paper:
    "Sheng et al.: One Model to Serve All: Star Topology Adaptive Recommender for Multi-Domain CTR Prediction, 2021, whose networks by domain these are",
  inputs: ["family"],
  parameters: [
    {
      name: "by",
      type: { kind: "reference", to: "feature" },
      doc: "A feature with `values:` or `ids:`, as many as the family has members; these stand for the values in their order.",
    },
  ],
  shape: (inputs) => fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder, replicas } = context;
    const members = context.inputs.slice(0, -1).map((_, index) => inputRows(context, index));
    const ids = context.ids(textArgument(context.arguments, "by"));
    const numbers = builder.constant(
      int32(members.length),
      members.map((_, k) => k + 1),
    );
    const isMember = builder.mul(
      builder.cast(builder.lessEqual(ids, numbers), "float32"),
      builder.cast(builder.lessEqual(numbers, ids), "float32"),
    );
    return members
      .map((member, k) => {
        const column = builder.slice(isMember, { axis: 1, begin: k, size: 1 });
        return builder.mul(member, replicas === undefined ? column : builder.expandDims(column, -1));
      })
      .reduce((total, value) => builder.add(total, value));
  },
};
