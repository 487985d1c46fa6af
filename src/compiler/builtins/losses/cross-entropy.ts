import { numberArgument } from "../arguments.js";
import type { LossContext, RowLossBuiltin } from "../builtin.js";
import { float32 } from "../../graph/dims.js";
import type { ValueId } from "../../graph/graph.js";

/** The log loss of a distribution over classes. */
export const crossEntropy: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "cross_entropy",
  summary: "−log of the probability that was given to the class of the row, in nats.",
  heads: ["classes"],
  parameters: [
    {
      name: "smoothing",
      type: { kind: "number", min: 0, max: 1 },
      default: 0,
      doc: "s: the truth is 1 − s for the class of the row, and s in equal parts for all.",
    },
    {
      name: "class_weights",
      type: { kind: "numbers" },
      default: null,
      doc: "What a row of each class counts, in the order of the classes, in the mean as well.",
    },
  ],
  problem: ({ class_weights: weights }, head) => {
    if (!Array.isArray(weights) || head.kind !== "classes") return undefined;
    if (weights.length !== head.classes.length)
      return `needs a weight for each of the ${head.classes.length} classes, has ${weights.length}`;
    return weights.every((weight) => Number(weight) >= 0) ? undefined : "needs weights of at least 0";
  },
  rowWeight: (context) => {
    const { class_weights: weights } = context.arguments;
    if (!Array.isArray(weights)) return undefined;
    const { builder } = context;
    const each = builder.constant(float32(1, weights.length), weights.map(Number));
    return builder.sum(builder.mul(oneHot(context), each), { axes: [1] });
  },
  lower: (context) => {
    const { builder, prediction } = context;
    const smoothing = numberArgument(context.arguments, "smoothing");
    if (prediction.logClasses === undefined) throw new Error("the head has no classes");
    const own = builder.sum(builder.mul(oneHot(context), prediction.logClasses), { axes: [1] });
    if (smoothing === 0) return builder.neg(own);
    const all = builder.mean(prediction.logClasses, { axes: [1] });
    return builder.neg(builder.add(builder.scale(own, 1 - smoothing), builder.scale(all, smoothing)));
  },
};

/** [B, n]: 1 at the class of the row. */
function oneHot({ builder, prediction, target }: LossContext): ValueId {
  const count = Number(builder.shape(prediction.value)[1]);
  const indices = builder.constant(
    float32(1, count),
    Array.from({ length: count }, (_, index) => index),
  );
  return builder.cast(builder.equal(builder.expandDims(target, 1), indices), "float32");
}
