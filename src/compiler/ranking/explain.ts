import { finiteProduct } from "./factors.js";
import { keyTableOf, tailNumbers, tailOf } from "./key-tables.js";
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

/** What became of one candidate, and why. Places count from 1. */
export interface ExplainedCandidate {
  readonly id: string;
  readonly row: number;
  /** Absent: not in the list. */
  readonly place?: number;
  /** Its place by score alone; absent: a rule took it out. */
  readonly orderPlace?: number;
  readonly removedBy?: string;
  readonly formula: number;
  readonly score: number;
  /** From the formula's number to the score: each `after` is the next one's `before`. */
  readonly steps: readonly ExplainedStep[];
  /** A rule puts it behind all that none does. */
  readonly last: boolean;
  /** Rules that gave a place to a candidate from further down, where this one might have stood. */
  readonly heldBackBy: readonly string[];
  /** Pins and quotas that it took its place by, where its score alone would not have. */
  readonly liftedBy: readonly string[];
}

/** Explains a candidate from the very numbers that ranked it. */
export function explainCandidate(
  plan: RankPlan,
  input: RankInput,
  outcome: RankOutcome,
  row: number,
): ExplainedCandidate {
  const { factors, scores, formulaScores, removedBy, masks, list, order } = outcome;
  const steps: ExplainedStep[] = [];
  let score = formulaScores[row] as number;
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
    plan.rules.forEach((rule, r) => {
      if (rule.verb === "boost" && rule.set === set) step(rule.name, "boost", factors.own[r]?.[row] ?? 1);
    });
    const clamped = product[row] as number;
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
    plan.rules.forEach((rule, r) => {
      if (rule.verb === verb) step(rule.name, verb, factors.own[r]?.[row] ?? 1);
    });
  const at = list.indexOf(row);
  const orderAt = order.indexOf(row);
  const remover = plan.rules[removedBy[row] as number];
  return {
    id: input.ids[row] as string,
    row,
    ...(at < 0 ? {} : { place: at + 1 }),
    ...(orderAt < 0 ? {} : { orderPlace: orderAt + 1 }),
    ...(remover === undefined ? {} : { removedBy: remover.name }),
    formula: formulaScores[row] as number,
    score: scores[row] as number,
    steps,
    last: factors.last?.[row] === 1,
    heldBackBy: orderAt < 0 ? [] : holders(plan, input, outcome, row, orderAt),
    liftedBy: at < 0 || at >= orderAt ? [] : lifters(plan, { masks, factors }, row, at),
  };
}

/** Rules that kept the candidate from the first place that went to one further down the order. */
function holders(plan: RankPlan, input: RankInput, outcome: RankOutcome, row: number, orderAt: number): string[] {
  const { list, order, masks, factors } = outcome;
  const orderOf = new Int32Array(input.ids.length).fill(-1);
  order.forEach((candidate, i) => (orderOf[candidate] = i));
  const own = list.indexOf(row);
  const passed = list.findIndex((other) => (orderOf[other] as number) > orderAt);
  // Of a list that ended early, the place after its end.
  const isShort = list.length < Math.min(plan.top, order.length);
  const place = passed < 0 && own < 0 && isShort ? list.length : passed;
  if (place < 0 || (own >= 0 && own < place)) return [];
  const found: string[] = [];
  plan.rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "spread" || mask === undefined || (rule.when !== undefined && mask[row] === 0)) return;
    const table = keyTableOf(input, rule.key);
    const tail = tailNumbers(table, tailOf(input, rule.key));
    const valuesAt = (at: number): readonly number[] => {
      if (at < 0) return tail[-1 - at] ?? [];
      const other = list[at] as number;
      if (rule.when !== undefined && mask[other] === 0) return [];
      return Array.from(table.numbers.subarray(table.offsets[other], table.offsets[other + 1]));
    };
    for (const value of table.numbers.subarray(table.offsets[row], table.offsets[row + 1])) {
      let near = 0;
      for (let at = place - rule.size + 1; at < place; at++) if (valuesAt(at).includes(value)) near++;
      if (near >= rule.most && !found.includes(rule.name)) found.push(rule.name);
    }
  });
  if (found.length > 0) return found;
  const winner = list[place];
  const winners = winner === undefined ? [] : lifters(plan, { masks, factors }, winner, place);
  return winners.length > 0 ? winners : ["the places that remain"];
}

/** Pins and quotas that a candidate may owe its place to. */
function lifters(
  plan: RankPlan,
  { masks, factors }: Pick<RankOutcome, "masks" | "factors">,
  row: number,
  at: number,
): string[] {
  return plan.rules.flatMap((rule, r) => {
    if (masks[r]?.[row] !== 1 || factors.suppressed[row] === 1) return [];
    if (rule.verb === "pin" && rule.place === at + 1) return [rule.name];
    if (rule.verb === "explore" && at < rule.top) return [rule.name];
    return rule.verb === "mmr" || rule.verb === "dpp" ? [rule.name] : [];
  });
}
