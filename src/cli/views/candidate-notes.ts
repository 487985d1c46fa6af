import type { ExplainedCandidate } from "../../compiler/ranking/index.js";
import { numberText } from "./number-text.js";

/** What rules did with a candidate, as short notes. */
export function candidateNotes(candidate: ExplainedCandidate): readonly string[] {
  const { position, steps, demoted, removedBy, heldBackBy, liftedBy } = candidate;
  const isOut = position === undefined && removedBy === undefined && heldBackBy.length === 0;
  return [
    ...steps.map(({ rule, kind, factor }) => `${kind} ${rule} × ${numberText(factor)}`),
    ...(demoted ? ["behind all others"] : []),
    ...heldBackBy.map((rule) => `held back by ${rule}`),
    ...liftedBy.map((rule) => `lifted by ${rule}`),
    ...(removedBy === undefined ? [] : [`taken out by ${removedBy}`]),
    ...(isOut ? ["not among the first"] : []),
  ];
}
