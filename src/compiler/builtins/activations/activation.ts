/** What an activation is: a function of each unit, of which some train a number per unit. */
import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import type { BuiltinBase, LayerContext } from "../builtin.js";
import type { Signal } from "../replicas.js";

/**
 * An activation: `mlp(x, [64], activation: gelu)` names it, and with its parameters it is a layer as well, `leaky_relu(x,
 * slope: 0.2)`. Where it is only named, its parameters have their defaults.
 */
export interface ActivationBuiltin extends BuiltinBase {
  readonly kind: "activation";
  /** The signal's value after it, in the signal's own layout. What it trains is named after `prefix`. */
  readonly lower: (context: LayerContext, signal: Signal, prefix: string) => ValueId;
}

/** min(x, 0). */
export function belowZero(builder: GraphBuilder, x: ValueId): ValueId {
  return builder.neg(builder.relu(builder.neg(x)));
}
