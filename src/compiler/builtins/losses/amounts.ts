/** What losses on amounts share. */
import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";

/** Below every amount that a loss tells from 0. */
const least = 1e-30;

/** log x, of 0 and below that of 10⁻³⁰: finite, with a gradient of 0 there. */
export function logOfAmount(builder: GraphBuilder, x: ValueId): ValueId {
  return builder.log(builder.maximum(x, builder.scalar(least)));
}

/** 1 where x > 0, else 0. */
export function isPositive(builder: GraphBuilder, x: ValueId): ValueId {
  return builder.cast(builder.less(builder.scalar(0), x), "float32");
}
