import type { GraphBuilder } from "../../../graph/builder.js";
import type { ValueId } from "../../../graph/graph.js";
import { textArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { maskOf } from "../../positions.js";
import { inputOf, rowsFirst } from "../../replicas.js";
import { fromSequence, shapeOf } from "../../shapes.js";

export const pool: LayerBuiltin = {
  kind: "layer",
  name: "pool",
  summary:
    "The mean, the sum or the largest of a sequence's values, unit by unit, or the last value; zeros where a row has none.",
  inputs: ["x"],
  parameters: [
    {
      name: "kind",
      type: { kind: "choice", values: ["mean", "sum", "max", "last"] },
      default: "mean",
      doc: "How the values become one.",
    },
  ],
  shape: ([shape]) => fromSequence(shape, (_length, width) => shapeOf(width)),
  lower: (context) => {
    const kind = textArgument(context.arguments, "kind");
    const value = poolPositions(context.builder, kind, inputOf(context, 0), maskOf(context, 0));
    return rowsFirst(context, { layout: "shared", value });
  },
};

/** Below every value that training leaves finite. */
const belowAll = -1e30;

/** ([B, L, d], which of them are there [B, L]) → [B, d]; zeros where none is there. */
export function poolPositions(builder: GraphBuilder, kind: string, values: ValueId, present: ValueId): ValueId {
  const mask = builder.expandDims(present, -1);
  if (kind === "last") return lastPosition(builder, values, present);
  const count = builder.sum(mask, { axes: [1] });
  if (kind === "max") {
    const there = builder.less(builder.scalar(0), mask);
    const highest = builder.max(builder.select(there, values, builder.scalar(belowAll)), { axes: [1] });
    return builder.select(builder.less(builder.scalar(0), count), highest, builder.scalar(0));
  }
  const sum = builder.sum(builder.mul(values, mask), { axes: [1] });
  return kind === "sum" ? sum : builder.div(sum, builder.maximum(count, builder.scalar(1)));
}

/** Values are at the first positions: the last one is where there is a value and none after it. */
function lastPosition(builder: GraphBuilder, values: ValueId, present: ValueId): ValueId {
  const [batch = "B", length = 1] = builder.shape(present);
  const after =
    length === 1
      ? builder.zeros([batch, 1])
      : builder.concat(
          [builder.slice(present, { axis: 1, begin: 1, size: Number(length) - 1 }), builder.zeros([batch, 1])],
          1,
        );
  const isLast = builder.expandDims(builder.sub(present, after), -1);
  return builder.sum(builder.mul(values, isLast), { axes: [1] });
}
