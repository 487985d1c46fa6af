import { createCounterfactuals } from "./counterfactual.js";
import { byRuleName, finiteProduct, ownFactor } from "./order/factors.js";
import type { RankInput, RankPlan } from "./plan.js";
import type { RankOutcome } from "./rank-candidates.js";

/** A factor on a candidate's score. */
export interface ExplainedStep {
  /** The rule; of a clamp, the set whose boosts it bounds. */
  readonly rule: string;
  readonly kind: "boost" | "clamp" | "suppress" | "pace";
  readonly factor: number;
  readonly before: number;
  readonly after: number;
}

/** What became of one candidate, and why. Positions count from 1. */
export interface ExplainedCandidate {
  readonly id: string;
  readonly row: number;
  /** Absent: not in the list. */
  readonly position?: number;
  /** Its position by score only; absent: a rule took it out. */
  readonly scorePosition?: number;
  readonly removedBy?: string;
  /** The formula's number, before any rule. */
  readonly formulaScore: number;
  readonly score: number;
  /** From the formula's number to the score: each `after` is the next one's `before`. */
  readonly steps: readonly ExplainedStep[];
  /** A rule puts it behind all that none does. */
  readonly demoted: boolean;
  /** Rules without which (all of them taken out) the same request would give it a better position. */
  readonly heldBackBy: readonly string[];
  /** Pins, quotas and rules for variety without which (all of them taken out) it would have a worse position, or none. */
  readonly liftedBy: readonly string[];
}

/**
 * Explains candidates by row, from the very numbers that ranked them. Which rules moved a candidate is found by ranking
 * again without them, once per rule, whichever candidates are asked for.
 */
export function createExplainer(
  plan: RankPlan,
  input: RankInput,
  outcome: RankOutcome,
): (row: number) => ExplainedCandidate {
  const moversOf = createCounterfactuals(plan, input, outcome);
  return (row) => ({ ...explainScoreSteps(plan, input, outcome, row), ...moversOf(row) });
}

function explainScoreSteps(
  plan: RankPlan,
  input: RankInput,
  outcome: RankOutcome,
  row: number,
): Omit<ExplainedCandidate, "heldBackBy" | "liftedBy"> {
  const { factors, masks, scores, formulaScores, removedBy, list, order } = outcome;
  const steps: ExplainedStep[] = [];
  let score = formulaScores[row]!;
  if (!Number.isFinite(score)) score = -Infinity;
  const step = (rule: string, kind: ExplainedStep["kind"], factor: number): void => {
    if (score === -Infinity || factor === 1) return;
    const after = finiteProduct(score, factor);
    steps.push({ rule, kind, factor, before: score, after });
    score = after;
  };
  factors.boosts.forEach((product, set) => {
    if (product === undefined) return;
    const start = score;
    for (const { rule, r } of byRuleName(plan))
      if (rule.verb === "boost" && rule.set === set) step(rule.name, "boost", ownFactor(plan, input, masks, r, row));
    const clamped = product[row]!;
    if (start === -Infinity) return;
    const after = finiteProduct(start, clamped);
    // Bounded, or the product of the factors in another order: either way the numbers meet again here.
    if (after !== score && score !== 0) {
      const factor = after / score;
      if (Math.abs(factor - 1) > 1e-12) steps.push({ rule: plan.name, kind: "clamp", factor, before: score, after });
    }
    score = after;
  });
  for (const verb of ["suppress", "pace"] as const)
    for (const { rule, r } of byRuleName(plan))
      if (rule.verb === verb) step(rule.name, verb, ownFactor(plan, input, masks, r, row));
  const at = list.indexOf(row);
  const orderAt = order.indexOf(row);
  const remover = plan.rules[removedBy[row]!];
  return {
    id: input.ids[row] as string,
    row,
    ...(at < 0 ? {} : { position: at + 1 }),
    ...(orderAt < 0 ? {} : { scorePosition: orderAt + 1 }),
    ...(remover === undefined ? {} : { removedBy: remover.name }),
    formulaScore: formulaScores[row]!,
    score: scores[row]!,
    steps,
    demoted: factors.last?.[row] === 1,
  };
}
