import type { ValueId } from "../../graph/graph.js";
import { optionalNumber } from "../arguments.js";
import type { FirstValues, LayerBuiltin, LayerContext } from "../builtin.js";
import { denseCopies } from "../dense.js";
import { drop, rateParameter } from "../drop.js";
import { copiesFirst, inputSignal, ownParameter, rowsFirst, type Signal, widthOf } from "../replicas.js";
import { fromEqualVectors, shapeOf } from "../shapes.js";

export const ait: LayerBuiltin = {
  kind: "layer",
  name: "ait",
  summary:
    "What a step of a chain of events learns from the step before: an attention over the two, on what a layer makes of the former.",
  paper:
    "Xi et al.: Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising, 2021",
  inputs: ["previous", "own"],
  parameters: [
    {
      ...rateParameter("dropout", "Share of the units of what the step before has to say that a training step drops."),
      default: 0,
      elided: true,
    },
  ],
  shape: (inputs) => fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) => {
    const { builder } = context;
    const own = inputSignal(context, 1);
    const width = widthOf(context, own);
    const linear = denseCopies(context, inputSignal(context, 0), width, "info.", true);
    const info = drop(context, builder.relu(linear.value), optionalNumber(context.arguments, "dropout") ?? 0);
    const units = [{ ...linear, value: info }, own].map((unit) => networksFirst(context, unit));
    const [h1, h2, h3] = ["h1", "h2", "h3"].map((name) => {
      const weight = ownParameter(context, `${name}.weight`, [width, width], small(width), "weight");
      return units.map((unit) => builder.matmul(unit, weight));
    });
    const scores = units.map((_, u) => {
      const product = builder.mul(h1?.[u] ?? -1, h2?.[u] ?? -1);
      return builder.scale(builder.sum(product, { axes: [-1], keepDims: true }), 1 / Math.sqrt(width));
    });
    const weights = builder.softmax(builder.concat(scores, -1));
    const axis = builder.shape(weights).length - 1;
    const mixed = units
      .map((_, u) => builder.mul(builder.slice(weights, { axis, begin: u, size: 1 }), h3?.[u] ?? -1))
      .reduce((sum, part) => builder.add(sum, part));
    return context.replicas === undefined ? mixed : rowsFirst(context, { layout: "copies", value: mixed });
  },
};

/** As the authors' code starts h1, h2 and h3. */
function small(width: number): FirstValues {
  return { kind: "normal", mean: 0, deviation: 0.01, fans: { inputs: width, units: width } };
}

/** [B, d], or [n, B, d] of n networks. */
function networksFirst(context: LayerContext, signal: Signal): ValueId {
  return context.replicas === undefined ? signal.value : copiesFirst(context, signal);
}
