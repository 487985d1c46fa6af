import type { FormulaExplanation } from "../../compiler/formulas/index.js";
import type { ExplainedCandidate } from "../../compiler/ranking/index.js";
import type { RankedList } from "../../compiler/serving/index.js";
import type { RankedAnswer, RefusedAnswer } from "./answer.js";

/** A request's list, and with `explained` what became of each candidate; or why there is none. */
export type RankedRequest = ExplainedAnswer | RefusedAnswer;

export interface ExplainedAnswer extends RankedAnswer {
  readonly explained?: readonly ExplainedRank[];
}

/** What became of a candidate, and what its score is made of. */
export interface ExplainedRank extends ExplainedCandidate {
  /** Absent where the formula is neither a product of positive factors nor a sum. */
  readonly made?: FormulaExplanation;
}

/** Those in the list by their positions, then the others as they came; of these only the ones that `wanted` names, where it is there. */
export function explainList(list: RankedList, wanted?: ReadonlySet<string>): readonly ExplainedRank[] {
  const placed = list.items.map(({ id }) => id);
  const isPlaced = new Set(placed);
  const all = [...placed, ...list.considered.filter((id) => !isPlaced.has(id))];
  return all.flatMap((id): readonly ExplainedRank[] => {
    if (wanted?.has(id) === false) return [];
    const found = list.explain(id);
    const made = list.explainScore(id);
    if (found === undefined) return [];
    return [{ ...found, ...(made === undefined || made.kind === "value" ? {} : { made }) }];
  });
}
