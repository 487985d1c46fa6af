import { buildList } from "./build-list.js";
import { drawMembers } from "./explore.js";
import { gatherKeys, tailNumbers } from "./key-tables.js";
import { sortRows } from "./order.js";
import { conditionFalse, conditionTrue, type PlannedRule, type RankInput, type RankPlan } from "./plan.js";
import {
  candidateLimit,
  type CapConstraint,
  type Diversity,
  type GaveWay,
  type ListProblem,
  type PinConstraint,
  type QuotaConstraint,
  type WindowConstraint,
} from "./problem.js";
import { verifyList } from "./verify-list.js";

/** Exposures that a list takes from a cap. */
export interface SpentPermits {
  readonly rule: string;
  readonly value: string | number | boolean;
  readonly count: number;
}

/** Draws of an exploration that are in the list. */
export interface ExploredItem {
  readonly rule: string;
  readonly row: number;
  /** With what probability this candidate took its place in the class, in (0, 1]. */
  readonly propensity: number;
}

/** A ranked request. Rows are candidates by their index in the input. */
export interface RankOutcome {
  /** Rows, place by place. */
  readonly list: Int32Array;
  /** Final score of every candidate, dropped ones too; −∞ where the formula gave none. */
  readonly scores: Float64Array;
  /** Candidates whose formula gave no finite number. */
  readonly flagged: readonly number[];
  /** Rule that took a candidate out (an index into the plan's rules), or −1. */
  readonly removedBy: Int16Array;
  /** For each rule, the candidates that it holds for (1); absent while its time window is closed. */
  readonly masks: readonly (Uint8Array | undefined)[];
  /** Candidates that stayed, in the total order. */
  readonly order: Int32Array;
  readonly gaveWay: readonly GaveWay[];
  readonly budgetSpent: boolean;
  readonly spent: readonly SpentPermits[];
  readonly explored: readonly ExploredItem[];
}

/**
 * Ranks one request. The stages in their order: dedupe, drop, boost, suppress, pace, caps, sort, pins, and the list under
 * quotas and windows. A pure function of the plan and the input; candidates in another order give the same list.
 */
export function rankCandidates(plan: RankPlan, input: RankInput): RankOutcome {
  const count = input.ids.length;
  if (count > candidateLimit) throw new RangeError(`${count} candidates are more than ${candidateLimit}`);
  const { rules } = plan;
  const masks = rules.map((rule) => maskOf(rule, input, count));
  const scores = Float64Array.from(input.scores);
  const flagged: number[] = [];
  for (let i = 0; i < count; i++)
    if (!Number.isFinite(scores[i])) {
      scores[i] = -Infinity;
      flagged.push(i);
    }
  const removedBy = new Int16Array(count).fill(-1);
  dedupeCandidates(plan, input, scores, removedBy);
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "drop" || mask === undefined) return;
    for (let i = 0; i < count; i++) if (mask[i] === 1 && removedBy[i] === -1) removedBy[i] = r;
  });
  const { last, suppressed } = applyFactors(plan, input, masks, scores);
  removeCapped(plan, input, masks, removedBy);

  let staying = 0;
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) if (removedBy[i] === -1) rows[staying++] = i;
  const order = sortRows(rows.subarray(0, staying), {
    scores,
    ...(last === undefined ? {} : { last }),
    ties: input.ties,
    ids: input.ids,
  });
  const explored = explore(plan, input, masks, suppressed, order);
  const { problem, lostPins } = createProblem(plan, input, masks, { last, suppressed, scores, order });
  const built = buildList(problem);
  const faults = verifyList(problem, built);
  if (faults.length > 0) throw new Error(`the list that was built breaks its rules: ${faults.join("; ")}`);
  const list = built.list.map((at) => order[at] as number);
  const isListed = new Set(list);
  return {
    list,
    scores,
    flagged,
    removedBy,
    masks,
    order,
    gaveWay: [...lostPins, ...built.gaveWay],
    budgetSpent: built.budgetSpent,
    spent: spentPermits(plan, input, masks, list),
    explored: explored.filter(({ row }) => isListed.has(row)),
  };
}

/** Which candidates a rule holds for; undefined while its window is closed. */
function maskOf(rule: PlannedRule, input: RankInput, count: number): Uint8Array | undefined {
  const { during, when } = rule;
  if (during !== undefined && (input.now < during.from || input.now >= during.to)) return undefined;
  if (when === undefined) return new Uint8Array(count).fill(1);
  const onMissing = "onMissing" in rule && rule.onMissing ? 1 : 0;
  const found = input.condition(when);
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = found[i];
    mask[i] = value === conditionTrue ? 1 : value === conditionFalse ? 0 : onMissing;
  }
  return mask;
}

/** Of candidates that share a value of the key, the best by the formula stays. */
function dedupeCandidates(plan: RankPlan, input: RankInput, scores: Float64Array, removedBy: Int16Array): void {
  plan.rules.forEach((rule, r) => {
    if (rule.verb !== "dedupe") return;
    const { offsets, numbers, values } = input.key(rule.key);
    const rows = sortRows(Int32Array.from(input.ids.keys()), { scores, ties: input.ties, ids: input.ids });
    const seen = new Uint8Array(values.length);
    for (const row of rows) {
      if (removedBy[row] !== -1) continue;
      const own = numbers.subarray(offsets[row], offsets[row + 1]);
      if (own.some((value) => seen[value] === 1)) removedBy[row] = r;
      else for (const value of own) seen[value] = 1;
    }
  });
}

interface Suppressions {
  /** Candidates behind all others. */
  readonly last: Uint8Array | undefined;
  /** Candidates that any rule suppresses: no pin, quota or boost lifts them. */
  readonly suppressed: Uint8Array;
}

/** Boosts, clamped together; then suppressions; then the pace. */
function applyFactors(
  { rules, boostBounds }: RankPlan,
  input: RankInput,
  masks: readonly (Uint8Array | undefined)[],
  scores: Float64Array,
): Suppressions {
  const count = scores.length;
  const suppressed = new Uint8Array(count);
  let last: Uint8Array | undefined;
  const factors = boostFactors(rules, boostBounds, masks, count);
  if (factors !== undefined) for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) * (factors[i] as number);
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (mask === undefined) return;
    if (rule.verb === "suppress") {
      const { by } = rule;
      if (by === "last") last ??= new Uint8Array(count);
      for (let i = 0; i < count; i++) {
        if (mask[i] !== 1) continue;
        suppressed[i] = 1;
        if (by === "last") (last as Uint8Array)[i] = 1;
        else scores[i] = scaled(scores[i] as number, by);
      }
    } else if (rule.verb === "pace") {
      const { offsets, numbers, values } = input.key(rule.key);
      const multipliers = values.map((value) => input.pace(rule.name, value));
      for (let i = 0; i < count; i++) {
        if (mask[i] !== 1) continue;
        for (let e = offsets[i] as number; e < (offsets[i + 1] as number); e++)
          scores[i] = scaled(scores[i] as number, multipliers[numbers[e] as number] as number);
      }
    }
  });
  return { last, suppressed };
}

/** 0 · −∞ would be NaN; a candidate without a score stays without one. */
function scaled(score: number, factor: number): number {
  return score === -Infinity ? score : score * factor;
}

/** The product of each candidate's boosts, clamped; undefined where no boost is open. */
export function boostFactors(
  rules: readonly PlannedRule[],
  [low, high]: readonly [number, number],
  masks: readonly (Uint8Array | undefined)[],
  count: number,
): Float64Array | undefined {
  let factors: Float64Array | undefined;
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "boost" || mask === undefined) return;
    factors ??= new Float64Array(count).fill(1);
    for (let i = 0; i < count; i++) if (mask[i] === 1) factors[i] = (factors[i] as number) * rule.by;
  });
  if (factors !== undefined)
    for (let i = 0; i < count; i++) {
      const factor = factors[i] as number;
      if (factor !== 1) factors[i] = Math.min(Math.max(factor, low), high);
    }
  return factors;
}

/** Candidates of which some value has no exposure left. */
function removeCapped(
  { rules }: RankPlan,
  input: RankInput,
  masks: readonly (Uint8Array | undefined)[],
  removedBy: Int16Array,
): void {
  rules.forEach((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "cap" || mask === undefined) return;
    const { offsets, numbers, values } = input.key(rule.key);
    const held = values.map((value) => input.permits(rule.name, value));
    for (let i = 0; i < removedBy.length; i++) {
      if (mask[i] !== 1 || removedBy[i] !== -1) continue;
      for (let e = offsets[i] as number; e < (offsets[i + 1] as number); e++)
        if ((held[numbers[e] as number] as number) < 1) removedBy[i] = r;
    }
  });
}

/** Puts drawn members into the first places that their class has in the order. */
function explore(
  { rules }: RankPlan,
  input: RankInput,
  masks: readonly (Uint8Array | undefined)[],
  suppressed: Uint8Array,
  order: Int32Array,
): readonly ExploredItem[] {
  return rules.flatMap((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "explore" || rule.draw.kind === "best" || mask === undefined) return [];
    const places = [...order.keys()].filter((at) => {
      const row = order[at] as number;
      return mask[row] === 1 && suppressed[row] === 0;
    });
    const members = places.map((at) => order[at] as number);
    const column = (name: string | undefined) => {
      const values = name === undefined ? undefined : input.number(name);
      return (member: number): number => {
        const value = values?.[members[member] as number] ?? 0;
        return Number.isFinite(value) ? value : 0;
      };
    };
    const { order: drawn, propensity } = drawMembers({
      seed: input.seed,
      request: input.request,
      rule: rule.name,
      least: rule.least,
      draw: rule.draw,
      ids: members.map((row) => input.ids[row] as string),
      successes: column(rule.draw.kind === "thompson" ? rule.draw.successes : undefined),
      trials: column(rule.draw.kind === "thompson" ? rule.draw.trials : undefined),
    });
    drawn.forEach((member, i) => {
      order[places[i] as number] = members[member] as number;
    });
    return [...propensity].map(([member, value]) => ({
      rule: rule.name,
      row: members[member] as number,
      propensity: value,
    }));
  });
}

interface Ordered extends Suppressions {
  readonly scores: Float64Array;
  readonly order: Int32Array;
}

/** What the list builder gets: the candidates by their place in the order. */
function createProblem(
  plan: RankPlan,
  input: RankInput,
  masks: readonly (Uint8Array | undefined)[],
  { last, suppressed, scores, order }: Ordered,
): { readonly problem: ListProblem; readonly lostPins: readonly GaveWay[] } {
  const windows: WindowConstraint[] = [];
  const caps: CapConstraint[] = [];
  const quotas: QuotaConstraint[] = [];
  const pins: PinConstraint[] = [];
  const lostPins: GaveWay[] = [];
  let diversity: Diversity | undefined;
  plan.rules.forEach((rule, r) => {
    const mask = masks[r];
    if (mask === undefined) return;
    const { name } = rule;
    const keeps = rule.when === undefined ? undefined : mask;
    switch (rule.verb) {
      case "spread": {
        const table = input.key(rule.key);
        const tail = tailNumbers(table, input.tail(rule.key));
        const keys = gatherKeys(table, order, keeps);
        windows.push({ name, most: rule.most, size: rule.size, keys, tail, strength: rule.strength });
        return;
      }
      case "cap": {
        const table = input.key(rule.key);
        const keys = gatherKeys(table, order, keeps);
        const permits = Float64Array.from(table.values, (value) => input.permits(name, value));
        if (canOverdraw(keys.values, permits)) caps.push({ name, keys, permits });
        return;
      }
      case "explore":
        quotas.push({
          name,
          members: Uint8Array.from(order, (row) => (mask[row] === 1 && suppressed[row] === 0 ? 1 : 0)),
          least: rule.least,
          top: rule.top,
        });
        return;
      case "pin": {
        const candidate = order.findIndex(
          (row, at) => mask[row] === 1 && suppressed[row] === 0 && !pins.some((pin) => pin.candidate === at),
        );
        if (candidate < 0) return;
        if (pins.some(({ place }) => place === rule.place - 1))
          lostPins.push({ kind: "pin", rule: name, place: rule.place });
        else pins.push({ name, candidate, place: rule.place - 1 });
        return;
      }
      case "mmr":
      case "dpp":
        diversity ??= {
          name,
          kind: rule.verb,
          weight: rule.weight,
          relevance: relevanceOf(scores, order),
          similarity: similarityOf(rule.similarity, input, order),
          top: rule.top ?? plan.top,
        };
        return;
      case "dedupe":
      case "drop":
      case "boost":
      case "suppress":
      case "pace":
        return;
    }
  });
  const problem: ListProblem = {
    count: order.length,
    length: plan.top,
    ...(last === undefined ? {} : { last: Uint8Array.from(order, (row) => last[row] as number) }),
    windows,
    caps,
    quotas,
    pins,
    ...(diversity === undefined ? {} : { diversity }),
    budget: plan.budget,
  };
  return { problem, lostPins };
}

/** Whether some value has more candidates than exposures. */
function canOverdraw(values: Int32Array, permits: Float64Array): boolean {
  const left = Float64Array.from(permits);
  return values.some((value) => {
    left[value] = (left[value] as number) - 1;
    return (left[value] as number) < 0;
  });
}

/** Scores as relevances in [0, 1], like the formulas' `minmax`: 0.5 for all when they are alike. */
function relevanceOf(scores: Float64Array, order: Int32Array): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (const row of order) {
    const score = scores[row] as number;
    if (score === -Infinity) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return Float64Array.from(order, (row) => {
    const score = scores[row] as number;
    return score === -Infinity ? 0 : high > low ? (score - low) / (high - low) : 0.5;
  });
}

function similarityOf(
  { kind, name }: { readonly kind: "vectors" | "keys"; readonly name: string },
  input: RankInput,
  order: Int32Array,
): Diversity["similarity"] {
  if (kind === "keys") return { kind, keys: gatherKeys(input.key(name), order) };
  const { rows, dimension } = input.vectors(name);
  const unit = new Float64Array(order.length * dimension);
  for (let i = 0; i < order.length; i++) {
    const from = (order[i] as number) * dimension;
    let squares = 0;
    for (let d = 0; d < dimension; d++) squares += (rows[from + d] as number) ** 2;
    // A candidate without a vector is like no other.
    const scale = squares > 0 && Number.isFinite(squares) ? 1 / Math.sqrt(squares) : 0;
    for (let d = 0; d < dimension; d++) unit[i * dimension + d] = scale === 0 ? 0 : (rows[from + d] as number) * scale;
  }
  return { kind, rows: unit, dimension };
}

function spentPermits(
  { rules }: RankPlan,
  input: RankInput,
  masks: readonly (Uint8Array | undefined)[],
  list: Int32Array,
): readonly SpentPermits[] {
  return rules.flatMap((rule, r) => {
    const mask = masks[r];
    if (rule.verb !== "cap" || mask === undefined) return [];
    const { offsets, numbers, values } = input.key(rule.key);
    const counts = new Map<number, number>();
    for (const row of list)
      if (mask[row] === 1)
        for (const value of numbers.subarray(offsets[row], offsets[row + 1]))
          counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].map(([value, count]) => ({
      rule: rule.name,
      value: values[value] as string | number | boolean,
      count,
    }));
  });
}
