/** Dropout as `dropout` and `mlp` do it. */
import type { ValueId } from "../graph/graph.js";
import type { LayerContext } from "./builtin.js";
import type { ParameterSpec } from "./parameter.js";

export function rateParameter(name: string, doc: string): ParameterSpec {
  return { name, type: { kind: "number", min: 0, max: 1, maxOpen: true }, doc };
}

/**
 * In training each unit is zero with probability `rate`, else divided by 1 − rate; otherwise nothing happens (Srivastava et
 * al.: Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014).
 */
export function drop(context: LayerContext, x: ValueId, rate: number): ValueId {
  const { builder } = context;
  if (!context.training || rate === 0) return x;
  const kept = builder.lessEqual(builder.scalar(rate), context.random(builder.shape(x)));
  return builder.mul(x, builder.scale(builder.cast(kept, "float32"), 1 / (1 - rate)));
}
