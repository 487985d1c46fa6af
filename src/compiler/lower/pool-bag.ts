/** How the embeddings of a bag become one. */
import type { GraphBuilder, ValueId } from "../graph/index.js";

/** Below every embedding that training leaves finite. */
const belowAll = -1e30;

/** (values [R, max, e], which of them are there [R, max]) → [R, e]; zeros for an empty bag. */
export function poolBag(
  builder: GraphBuilder,
  pool: "mean" | "sum" | "max",
  values: ValueId,
  isValue: ValueId,
): ValueId {
  const mask = builder.expandDims(builder.cast(isValue, "float32"), -1);
  const count = builder.sum(mask, { axes: [1] });
  switch (pool) {
    case "sum":
      return builder.sum(builder.mul(values, mask), { axes: [1] });
    case "mean": {
      const sum = builder.sum(builder.mul(values, mask), { axes: [1] });
      return builder.div(sum, builder.maximum(count, builder.scalar(1)));
    }
    case "max": {
      const there = builder.less(builder.scalar(0), mask);
      const highest = builder.max(builder.select(there, values, builder.scalar(belowAll)), { axes: [1] });
      return builder.select(builder.less(builder.scalar(0), count), highest, builder.scalar(0));
    }
  }
}

/** (values [R, max, e], weights [R, max], 0 where there is no value) → [R, e]; zeros where the weights add up to 0. */
export function poolWeighted(
  builder: GraphBuilder,
  pool: "mean" | "sum" | "max",
  values: ValueId,
  weights: ValueId,
): ValueId {
  const sum = builder.sum(builder.mul(values, builder.expandDims(weights, -1)), { axes: [1] });
  if (pool === "sum") return sum;
  if (pool === "max") throw new Error("a weighted bag has no maximum");
  const total = builder.sum(weights, { axes: [1], keepDims: true });
  const hasWeight = builder.less(builder.scalar(0), total);
  return builder.div(sum, builder.select(hasWeight, total, builder.scalar(1)));
}
