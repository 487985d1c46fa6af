import type { StateVariable, ValueId } from "./graph.js";

/** A parameter with its gradient, ready for the rule of an optimizer. */
export interface Target {
  readonly variable: StateVariable;
  readonly gradient: ValueId;
  /** Set for a sparse update. */
  readonly rows?: {
    /** [U]: the distinct rows that `gradient` [U, …r] is of. */
    readonly ids: ValueId;
    /** [U, 1, …] bool: whether anything but padding reads them. Absent: all. */
    readonly isTouched?: ValueId;
  };
  /** [V, 1, …] bool, of a table that is updated whole: the rows that move. Absent: all. */
  readonly isTouched?: ValueId;
}
