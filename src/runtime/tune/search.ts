/** What all searches share: points of the unit cube out, costs in. */

/** The costs and the violation of one point. */
export interface Evaluation {
  /** One number an objective; smaller is better. Finite. */
  readonly costs: readonly number[];
  /** By how much the point breaks its constraints; 0 when it keeps them all. */
  readonly violation: number;
}

/** A search that is given the evaluations of its points. It never evaluates. */
export interface Search {
  /** Points of [0, 1]^n to be evaluated next; none when the search is through. */
  readonly ask: () => readonly Float64Array[];
  /** The evaluations of the points of the last `ask`, in their order. */
  readonly tell: (evaluations: readonly Evaluation[]) => void;
}

/**
 * Feasible points before others, these by their violation (Deb, "An efficient constraint handling method for genetic
 * algorithms", 2000), then by the first cost: < 0 when `a` is better.
 */
export function compareEvaluations(a: Evaluation, b: Evaluation): number {
  if (a.violation !== b.violation) return a.violation - b.violation;
  return (a.costs[0] ?? 0) - (b.costs[0] ?? 0);
}
