import { assembleProblem } from "./assemble.js";
import { buildList } from "./list/build-list.js";
import { drawMembers } from "./order/explore.js";
import { applyFactors, inferFactors, type Factors, type RuleMasks } from "./order/factors.js";
import { keyTableOf, keyText, shownNumbers, shownValues } from "./list/key-tables.js";
import { sortRows, type OrderKeys } from "./order/order.js";
import { quotaPositions } from "./pages.js";
import type { PlannedRule, RankInput, RankPlan } from "./plan.js";
import { candidateLimit, type Relaxed } from "./list/problem.js";
import { verifyList } from "./list/verify-list.js";

/** Exposures that a list takes from a cap, or that a pace counts. */
export interface SpentPermits {
  readonly rule: string;
  /** The JSON array of the key's values. */
  readonly key: string;
  readonly count: number;
}

/** Draws of an exploration that are in the list. */
export interface ExploredItem {
  readonly rule: string;
  readonly row: number;
  /** With what probability this candidate took its position in the class, in (0, 1]. */
  readonly propensity: number;
}

/** A ranked request. Rows are candidates by their index in the input. */
export interface RankOutcome {
  /** Rows, position by position. */
  readonly list: Int32Array;
  /** What the formula gave: NaN, ∞ and all. */
  readonly formulaScores: Float64Array;
  /** Final score of every candidate, dropped ones too; −∞ where the formula gave no finite number. */
  readonly scores: Float64Array;
  /** Candidates whose formula gave none. */
  readonly nonFinite: readonly number[];
  /** Rule that took a candidate out (an index into the plan's rules), or −1. */
  readonly removedBy: Int16Array;
  readonly masks: RuleMasks;
  readonly factors: Factors;
  /** Candidates that stayed, in the total order: what the list would be without windows, quotas and pins. */
  readonly order: Int32Array;
  readonly relaxed: readonly Relaxed[];
  readonly searchTruncated: boolean;
  readonly spent: readonly SpentPermits[];
  readonly explored: readonly ExploredItem[];
}

/**
 * Ranks one request. The stages in their order: drop, boost, suppress, pace, caps, sort, dedupe, draws, and the list under
 * pins, quotas and windows. A pure function of the plan and the input; candidates in another order give the same list.
 */
export function rankCandidates(plan: RankPlan, input: RankInput): RankOutcome {
  const count = input.ids.length;
  if (count > candidateLimit) throw new RangeError(`${count} candidates are more than ${candidateLimit}`);
  const masks = plan.rules.map((rule) => maskOf(rule, input, count));
  const formulaScores = input.number(plan.score);
  const scores = Float64Array.from(formulaScores);
  const nonFinite: number[] = [];
  for (let i = 0; i < count; i++)
    if (!Number.isFinite(scores[i])) {
      scores[i] = -Infinity;
      nonFinite.push(i);
    }
  const removedBy = new Int16Array(count).fill(-1);
  plan.rules.forEach((rule, r) => {
    const mask = masks[r];
    const drops = rule.verb === "drop" || (rule.verb === "suppress" && rule.effect.kind === "drop");
    if (!drops || mask === undefined) return;
    for (let i = 0; i < count; i++) if (mask[i] === 1 && removedBy[i] === -1) removedBy[i] = r;
  });
  const factors = inferFactors(plan, input, masks);
  applyFactors(plan, factors, scores);
  removeCapped(plan, input, masks, removedBy);

  const { last, suppressed } = factors;
  const keys: OrderKeys = {
    scores,
    ties: tieColumns(plan, input),
    ids: input.ids,
    ...(last === undefined ? {} : { last }),
  };
  const sorted = sortRows(
    Int32Array.from(input.ids.keys()).filter((row) => removedBy[row] === -1),
    keys,
  );
  const order = dedupeCandidates(plan, input, sorted, removedBy);
  const explored = drawExplorations(plan, input, masks, suppressed, order);
  const { problem, lostPins } = assembleProblem(plan, input, masks, { order, scores, last, suppressed });
  const built = buildList(problem);
  const faults = verifyList(problem, built);
  if (faults.length > 0) throw new Error(`the list that was built breaks its rules: ${faults.join("; ")}`);
  const list = built.list.map((at) => order[at]!);
  const isRefused = built.relaxed.some(({ kind }) => kind === "refused");
  const isListed = explored.length === 0 ? undefined : new Set(list);
  return {
    list,
    formulaScores,
    scores,
    nonFinite,
    removedBy,
    masks,
    factors,
    order,
    relaxed: lostPins.length === 0 || isRefused ? built.relaxed : [...lostPins, ...built.relaxed],
    searchTruncated: built.searchTruncated,
    spent: spentPermits(plan, input, masks, list),
    explored: explored.filter(({ row }) => isListed?.has(row) === true),
  };
}

/** The best `top` rows of the input by a stage before the last. */
export function bestOfStage(plan: RankPlan, input: RankInput, by: number, top: number): Int32Array {
  const scores = Float64Array.from(input.number(by), (score) => (Number.isFinite(score) ? score : -Infinity));
  const keys: OrderKeys = { scores, ties: tieColumns(plan, input), ids: input.ids };
  return sortRows(Int32Array.from(input.ids.keys()), keys).slice(0, top);
}

function tieColumns({ ties }: RankPlan, input: RankInput): readonly Float64Array[] {
  return ties.map(({ by, ascending }) => {
    const values = input.number(by);
    return ascending ? values.map((value) => -value) : values;
  });
}

/** Which candidates a rule holds for; undefined while its window is closed. */
function maskOf({ during, when, onUnknown }: PlannedRule, input: RankInput, count: number): Uint8Array | undefined {
  if (during !== undefined && (input.now < during.from || input.now >= during.to)) return undefined;
  if (when === undefined) return new Uint8Array(count).fill(1);
  const found = input.number(when);
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = found[i];
    mask[i] = value === 1 || (value !== 0 && onUnknown) ? 1 : 0;
  }
  return mask;
}

/**
 * Those that stay when of candidates that share a value of a key only the best does; one that shares it with an item of a
 * page before goes. All rules together, down the order, so that none takes an item out for one that another takes out.
 */
function dedupeCandidates(plan: RankPlan, input: RankInput, order: Int32Array, removedBy: Int16Array): Int32Array {
  const keys = plan.rules.flatMap((rule, r) => {
    if (rule.verb !== "dedupe") return [];
    const table = keyTableOf(input, rule.key);
    const seen = new Uint8Array(table.values.length);
    for (const values of shownNumbers(table, shownValues(input.shown, rule.key)))
      for (const value of values) seen[value] = 1;
    return [{ r, table, seen }];
  });
  if (keys.length === 0) return order;
  return order.filter((row) => {
    const own = keys.map(({ table: { offsets, numbers } }) => numbers.subarray(offsets[row], offsets[row + 1]));
    const twin = keys.find(({ seen }, k) => own[k]?.some((value) => seen[value] === 1));
    if (twin !== undefined) removedBy[row] = twin.r;
    else keys.forEach(({ seen }, k) => own[k]?.forEach((value) => (seen[value] = 1)));
    return twin === undefined;
  });
}

/** Candidates of which some value has no exposure left. */
function removeCapped({ rules }: RankPlan, input: RankInput, masks: RuleMasks, removedBy: Int16Array): void {
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "cap" || mask === undefined) return;
    const { offsets, numbers, values } = keyTableOf(input, rule.key);
    const held = values.map((value) => input.permits.held(rule.name, keyText(rule.key, value)));
    for (let i = 0; i < removedBy.length; i++) {
      if (mask[i] !== 1 || removedBy[i] !== -1) continue;
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) if (held[numbers[e]!]! < 1) removedBy[i] = r;
    }
  });
}

/** Puts drawn members into the first positions that their class has in the order. */
function drawExplorations(
  { rules }: RankPlan,
  input: RankInput,
  masks: RuleMasks,
  suppressed: Uint8Array,
  order: Int32Array,
): readonly ExploredItem[] {
  return rules.flatMap((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "explore" || rule.draw.kind === "best" || mask === undefined) return [];
    const positions = [...order.keys()].filter((at) => {
      const row = order[at]!;
      return mask[row] === 1 && suppressed[row] === 0;
    });
    const members = positions.map((at) => order[at]!);
    const { draw } = rule;
    const { least } = quotaPositions(rule, input);
    if (least === 0) return [];
    const column = (formula: number): ((member: number) => number) => {
      const values = input.number(formula);
      return (member) => values[members[member]!]!;
    };
    const none = (): number => 0;
    const { order: drawn, propensity } = drawMembers({
      seed: input.seed,
      request: input.request,
      rule: rule.name,
      least,
      draw,
      ids: members.map((row) => input.ids[row] as string),
      successes: draw.kind === "thompson" ? column(draw.successes) : none,
      trials: draw.kind === "thompson" ? column(draw.trials) : none,
    });
    drawn.forEach((member, i) => {
      order[positions[i]!] = members[member]!;
    });
    return [...propensity].map(([member, value]) => ({
      rule: rule.name,
      row: members[member]!,
      propensity: value,
    }));
  });
}

/** What the candidates of a list take from caps, and add to what paces count. */
export function spentPermits(
  { rules }: RankPlan,
  input: RankInput,
  masks: RuleMasks,
  list: Int32Array,
): readonly SpentPermits[] {
  return rules.flatMap((rule, r) => {
    const mask = masks[r];
    if ((rule.verb !== "cap" && rule.verb !== "pace") || mask === undefined) return [];
    const { offsets, numbers, values } = keyTableOf(input, rule.key);
    const counts = new Map<number, number>();
    for (const row of list)
      if (mask[row] === 1)
        for (const value of numbers.subarray(offsets[row], offsets[row + 1]))
          counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].map(([value, count]) => ({
      rule: rule.name,
      key: keyText(rule.key, values[value] as string | number | boolean),
      count,
    }));
  });
}
