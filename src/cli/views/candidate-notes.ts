import type { ExplainedCandidate } from "../../compiler/ranking/index.js";
import { numberText } from "./number-text.js";

/** What rules did with a candidate, as short notes. */
export function candidateNotes(candidate: ExplainedCandidate): readonly string[] {
  const { place, steps, last, removedBy, heldBackBy, liftedBy } = candidate;
  const isOut = place === undefined && removedBy === undefined && heldBackBy.length === 0;
  return [
    ...steps.map(({ rule, kind, factor }) => `${kind} ${rule} × ${numberText(factor)}`),
    ...(last ? ["behind all others"] : []),
    ...heldBackBy.map((rule) => `held back by ${rule}`),
    ...liftedBy.map((rule) => `lifted by ${rule}`),
    ...(removedBy === undefined ? [] : [`taken out by ${removedBy}`]),
    ...(isOut ? ["not among the first"] : []),
  ];
}
