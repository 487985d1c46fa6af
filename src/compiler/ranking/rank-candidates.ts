import { assembleProblem } from "./assemble.js";
import { buildList } from "./list/build-list.js";
import { drawMembers } from "./order/explore.js";
import { applyFactors, inferFactors, type Factors, type RuleMasks } from "./order/factors.js";
import { keptFlags, keptInts, keptNumbers } from "./list/kept.js";
import { keyTableOf, keyText, shownNumbers, shownValues } from "./list/key-tables.js";
import { mapPacked } from "./list/packed.js";
import { sortRows, type OrderKeys } from "./order/order.js";
import { quotaPositions } from "./pages.js";
import type { KeyTable, PlannedRule, RankInput, RankPlan } from "./plan.js";
import { candidateLimit, type Relaxed } from "./list/problem.js";
import { verifyList } from "./list/verify-list.js";
import { beginScratch, scratchFlags, scratchInts } from "./list/scratch.js";

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
  beginScratch();
  const masks = createMasks(plan, input, count);
  const formulaScores = input.number(plan.score);
  const scores = keptNumbers(count);
  scores.set(formulaScores);
  const nonFinite: number[] = [];
  for (let i = 0; i < count; i++)
    if (!Number.isFinite(scores[i]!)) {
      scores[i] = -Infinity;
      nonFinite.push(i);
    }
  const removedBy = new Int16Array(count).fill(-1);
  removeDropped(plan, masks, removedBy);
  const factors = inferFactors(plan, input, masks);
  applyFactors(plan, input, factors, masks, scores);
  removeCapped(plan, input, masks, removedBy);

  const { last, suppressed } = factors;
  const keys: OrderKeys = {
    scores,
    ties: tieColumns(plan, input),
    ids: input.ids,
    ...(last === undefined ? {} : { last }),
  };
  const sorted = sortRows(rowsLeft(removedBy), keys);
  const order = dedupeCandidates(plan, input, sorted, removedBy);
  const explored = drawExplorations(plan, input, masks, suppressed, order);
  const { problem, lostPins } = assembleProblem(plan, input, masks, { order, scores, last, suppressed });
  const built = buildList(problem);
  const faults = verifyList(problem, built);
  if (faults.length > 0) throw new Error(`the list that was built breaks its rules: ${faults.join("; ")}`);
  const list = keptInts(built.list.length);
  for (let p = 0; p < list.length; p++) list[p] = order[built.list[p]!]!;
  const isRefused = built.relaxed.some(({ kind }) => kind === "refused");
  const isListed = scratchFlags(explored.length === 0 ? 0 : count);
  if (explored.length > 0) for (const row of list) isListed[row] = 1;
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
    explored: explored.filter(({ row }) => isListed[row] === 1),
  };
}

/** The best `top` rows of the input by a stage before the last. */
export function bestOfStage(plan: RankPlan, input: RankInput, by: number, top: number): Int32Array {
  const scores = Float64Array.from(input.number(by), (score) => (Number.isFinite(score) ? score : -Infinity));
  const keys: OrderKeys = { scores, ties: tieColumns(plan, input), ids: input.ids };
  return sortRows(numbersTo(input.ids.length), keys).slice(0, top);
}

function tieColumns({ ties }: RankPlan, input: RankInput): readonly Float64Array[] {
  return mapPacked(ties, ({ by, ascending }) => {
    const values = input.number(by);
    return ascending ? values.map((value) => -value) : values;
  });
}

/** Which candidates each rule holds for; undefined while its window is closed. */
function createMasks({ rules }: RankPlan, input: RankInput, count: number): RuleMasks {
  const isOpen = ({ during }: PlannedRule): boolean =>
    during === undefined || (input.now >= during.from && input.now < during.to);
  const all = keptFlags(count).fill(1);
  const conditional = rules.filter((rule) => rule.when !== undefined && isOpen(rule)).length;
  const space = keptFlags(count * conditional);
  let used = 0;
  return mapPacked(rules, (rule) => {
    if (!isOpen(rule)) return undefined;
    if (rule.when === undefined) return all;
    const mask = space.subarray(used, used + count);
    used += count;
    fillMask(mask, input.passing(rule.when), rule.onUnknown ? 1 : 0);
    return mask;
  });
}

/** Without a jump, which nobody could foresee. */
function fillMask(mask: Uint8Array, found: Float64Array, onUnknown: 0 | 1): void {
  if (onUnknown === 1) for (let i = 0; i < mask.length; i++) mask[i] = Number(found[i] !== 0);
  else for (let i = 0; i < mask.length; i++) mask[i] = Number(found[i] === 1);
}

function removeDropped({ rules }: RankPlan, masks: RuleMasks, removedBy: Int16Array): void {
  rules.forEach((rule, r) => {
    const mask = masks[r];
    const drops = rule.verb === "drop" || (rule.verb === "suppress" && rule.effect.kind === "drop");
    if (!drops || mask === undefined) return;
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1 && removedBy[i] === -1) removedBy[i] = r;
  });
}

function numbersTo(count: number): Int32Array {
  const numbers = keptInts(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

/** Rows that no rule took out. */
function rowsLeft(removedBy: Int16Array): Int32Array {
  const rows = keptInts(removedBy.length);
  let left = 0;
  for (let row = 0; row < rows.length; row++) if (removedBy[row] === -1) rows[left++] = row;
  return rows.subarray(0, left);
}

/**
 * Those that stay when of candidates that share a value of a key only the best does; one that shares it with an item of a
 * page before goes. All rules together, down the order, so that none takes an item out for one that another takes out.
 */
function dedupeCandidates(plan: RankPlan, input: RankInput, order: Int32Array, removedBy: Int16Array): Int32Array {
  const keys = plan.rules.flatMap((rule, r): readonly SeenKey[] => {
    if (rule.verb !== "dedupe") return [];
    const table = keyTableOf(input, rule.key);
    const seen = scratchFlags(table.valueCount);
    for (const values of shownNumbers(table, shownValues(input.shown, rule.key)))
      for (const value of values) seen[value] = 1;
    return [{ r, table, seen }];
  });
  if (keys.length === 0) return order;
  let left = 0;
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    let k = 0;
    while (k < keys.length && !hasSeen(keys[k]!, row)) k++;
    if (k < keys.length) removedBy[row] = keys[k]!.r;
    else {
      for (let s = 0; s < keys.length; s++) see(keys[s]!, row);
      order[left++] = row;
    }
  }
  return order.subarray(0, left);
}

/** The key of a rule and the values of it that candidates before had. */
interface SeenKey {
  readonly r: number;
  readonly table: KeyTable;
  readonly seen: Uint8Array;
}

function hasSeen({ table: { offsets, numbers }, seen }: SeenKey, row: number): boolean {
  for (let e = offsets[row]!; e < offsets[row + 1]!; e++) if (seen[numbers[e]!] === 1) return true;
  return false;
}

function see({ table: { offsets, numbers }, seen }: SeenKey, row: number): void {
  for (let e = offsets[row]!; e < offsets[row + 1]!; e++) seen[numbers[e]!] = 1;
}

/** Candidates of which some value has no exposure left. */
function removeCapped({ rules }: RankPlan, input: RankInput, masks: RuleMasks, removedBy: Int16Array): void {
  if (input.permits.isBoundless === true) return;
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "cap" || mask === undefined) return;
    const { offsets, numbers, values } = keyTableOf(input, rule.key);
    const held = values().map((value) => input.permits.held(rule.name, keyText(rule.key, value)));
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
    const positions = scratchInts(order.length);
    const members = scratchInts(order.length);
    let count = 0;
    for (let at = 0; at < order.length; at++) {
      const row = order[at]!;
      positions[count] = at;
      members[count] = row;
      count += mask[row]! & (1 - suppressed[row]!);
    }
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
      count,
      idOf: (member) => input.ids[members[member]!]!,
      successes: draw.kind === "thompson" ? column(draw.successes) : none,
      trials: draw.kind === "thompson" ? column(draw.trials) : none,
    });
    for (let i = 0; i < count; i++) order[positions[i]!] = members[drawn[i]!]!;
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
  const spent: SpentPermits[] = [];
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if ((rule.verb !== "cap" && rule.verb !== "pace") || mask === undefined) return;
    const { offsets, numbers, valueCount, valueOf } = keyTableOf(input, rule.key);
    if (counts.length < valueCount) counts = new Int32Array(2 * valueCount);
    for (const row of list)
      if (mask[row] === 1) for (let e = offsets[row]!; e < offsets[row + 1]!; e++) counts[numbers[e]!]!++;
    // Once more, so that they come in the order of the list.
    for (const row of list) {
      if (mask[row] !== 1) continue;
      for (let e = offsets[row]!; e < offsets[row + 1]!; e++) {
        const value = numbers[e]!;
        const count = counts[value]!;
        if (count === 0) continue;
        counts[value] = 0;
        spent.push({ rule: rule.name, key: keyText(rule.key, valueOf(value)), count });
      }
    }
  });
  return spent;
}

/** Of values, in {@link spentPermits}: 0 between two calls. */
let counts = new Int32Array(0);
