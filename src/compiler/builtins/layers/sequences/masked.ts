/** Softmax over positions of which some have no value. */
import type { GraphBuilder } from "../../../graph/builder.js";
import type { ValueId } from "../../../graph/graph.js";

/** Far below every score, so that its exponential is 0. */
const belowAll = -1e30;

/**
 * Softmax of scores over their last axis, over what is there (1, else 0, of a shape that meets the scores'): 0 where nothing
 * is, zeros where nothing at all is.
 */
export function softmaxOfPositions(builder: GraphBuilder, scores: ValueId, there: ValueId): ValueId {
  const isThere = builder.less(builder.scalar(0), there);
  const open = builder.select(isThere, scores, builder.scalar(belowAll));
  return builder.mul(builder.softmax(open), there);
}
