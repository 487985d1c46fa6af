import type { ValueId } from "../graph/graph.js";

/** A variable that the optimizer does not train: `update` replaces it at the end of a training step. */
export interface Updatable {
  readonly value: ValueId;
  readonly update: (value: ValueId) => void;
}
