/** What patterns over the nodes of a function look at, and what they make of them. */
import type { GraphFunction, GraphNode, ValueId } from "../../graph/index.js";
import type { Expr } from "./python.js";

/** An expression over other values than the node's own inputs. */
export interface Raised {
  readonly inputs: readonly ValueId[];
  readonly build: (inputs: readonly Expr[]) => Expr;
  /** What the value is called, where the pattern says it. */
  readonly hint?: string;
}

/** The nodes of a function as patterns look at them. */
export interface Nodes {
  readonly fn: GraphFunction;
  /** The value of a node, unless it has a name of its own: patterns do not reach behind those. */
  readonly open: (id: ValueId) => GraphNode | undefined;
}
