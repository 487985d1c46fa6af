import { createGains, type Gains } from "./gains.js";
import { allows, canFill, createLimit, occupy, resetLimit, room, vacate, type Limit } from "./limit.js";
import type { ListProblem } from "./problem.js";
import { quotaHolds, quotaLevel, type QuotaLevel } from "./quota.js";
import { classPredecessors } from "./twins.js";

/** How strictly one search takes what may give way. */
export interface Strictness {
  /** Places of the list. */
  readonly length: number;
  /** For each window, how many places it is held to. */
  readonly until: Int32Array;
  /** For each quota, its level: see {@link quotaLevel}. */
  readonly quotas: Int32Array;
  /** For each pin, whether it is kept (1). */
  readonly pins: Uint8Array;
}

/** A problem with all that its searches share. */
export interface Search {
  readonly problem: ListProblem;
  readonly limits: readonly Limit[];
  readonly gains?: Gains;
  /** Made when a search first turns back: the candidate before each that no rule can tell from it, or −1. */
  predecessors?: Int32Array;
  nodes: number;
  budgetSpent: boolean;
}

export function createSearch(problem: ListProblem): Search {
  return {
    problem,
    limits: [...problem.windows, ...problem.caps].map((each) => createLimit(each, problem)),
    ...(problem.diversity === undefined ? {} : { gains: createGains(problem.diversity, problem.count) }),
    nodes: 0,
    budgetSpent: false,
  };
}

/**
 * The lexicographically first list that keeps every rule to the given strictness, or undefined: there is none, or the
 * budget ended first. Depth first, place by place; a candidate is left out as soon as a necessary condition fails for
 * what remains, and so are candidates that differ from a failed one in nothing that a rule sees.
 */
export function findList(search: Search, strictness: Strictness): Int32Array | undefined {
  const { problem, limits, gains } = search;
  const { count, last } = problem;
  const { length } = strictness;
  const list = new Int32Array(length).fill(-1);
  const placed = new Uint8Array(count);
  const quotas = problem.quotas.map((quota, i) => quotaLevel(quota, length, strictness.quotas[i] as number));
  const have = new Int32Array(quotas.length);
  const membersLeft = Int32Array.from(quotas, ({ members }) => members.reduce((sum, member) => sum + member, 0));

  for (const limit of limits) {
    limit.until = length;
    resetLimit(limit, problem);
  }
  problem.windows.forEach((_, i) => {
    (limits[i] as Limit).until = Math.min(length, strictness.until[i] as number);
  });
  gains?.reset();

  // What is pinned waits outside of the chain of candidates.
  const pinned = new Int32Array(length).fill(-1);
  const isPinned = new Uint8Array(count);
  let lastPin = -1;
  problem.pins.forEach(({ candidate, place }, i) => {
    if (strictness.pins[i] === 0) return;
    pinned[place] = candidate;
    isPinned[candidate] = 1;
    lastPin = Math.max(lastPin, place);
  });

  // The candidates that are left, in order: after[count] is the first.
  const after = new Int32Array(count + 1);
  const before = new Int32Array(count + 1);
  let tail = count;
  for (let i = 0; i < count; i++) {
    if (isPinned[i] === 1) continue;
    after[tail] = i;
    before[i] = tail;
    tail = i;
  }
  after[tail] = count;
  before[count] = tail;

  let next = 0;
  let firstLast = length;
  let hasTurned = false;
  const gainTop = problem.diversity?.top ?? 0;
  const budget = length + problem.budget;
  let nodes = 0;

  const stays = (): boolean => {
    const isLast = firstLast < next;
    const remaining = count - next;
    for (let i = 0; i < limits.length; i++)
      if (!canFill(limits[i] as Limit, next, length, remaining, isLast)) return false;
    for (let q = 0; q < quotas.length; q++) {
      const level = quotas[q] as QuotaLevel;
      const left = isLast ? 0 : (membersLeft[q] as number);
      if (!quotaHolds(level, have[q] as number, next, left)) return false;
      if (hasTurned && !isLast && !quotaFits(search, level, placed, have[q] as number, next)) return false;
    }
    return true;
  };

  const fits = (candidate: number): boolean => {
    const isLast = last?.[candidate] === 1;
    if (isLast ? next < lastPin : firstLast < next) return false;
    const isPin = isPinned[candidate] === 1;
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i] as Limit;
      if (next >= limit.until || (isPin && !limit.holdsPins)) continue;
      if (!allows(limit, candidate)) return false;
      if (next < lastPin && !allowsPinsAhead(limit, candidate, next, list, pinned)) return false;
    }
    return true;
  };

  const put = (candidate: number): void => {
    const isLast = last?.[candidate] === 1;
    list[next] = candidate;
    placed[candidate] = 1;
    if (isPinned[candidate] === 0) {
      after[before[candidate] as number] = after[candidate] as number;
      before[after[candidate] as number] = before[candidate] as number;
    }
    for (let i = 0; i < limits.length; i++) occupy(limits[i] as Limit, candidate, next, list, isLast);
    for (let q = 0; q < quotas.length; q++)
      if ((quotas[q] as QuotaLevel).members[candidate] === 1) {
        membersLeft[q] = (membersLeft[q] as number) - 1;
        if (next < (quotas[q] as QuotaLevel).top) have[q] = (have[q] as number) + 1;
      }
    if (isLast && firstLast === length) firstLast = next;
    if (next < gainTop) gains?.add(candidate);
    next++;
    nodes++;
  };

  const take = (): number => {
    next--;
    const candidate = list[next] as number;
    if (next < gainTop) gains?.remove();
    if (firstLast === next) firstLast = length;
    for (let q = 0; q < quotas.length; q++)
      if ((quotas[q] as QuotaLevel).members[candidate] === 1) {
        membersLeft[q] = (membersLeft[q] as number) + 1;
        if (next < (quotas[q] as QuotaLevel).top) have[q] = (have[q] as number) - 1;
      }
    for (let i = limits.length - 1; i >= 0; i--)
      vacate(limits[i] as Limit, candidate, next, list, last?.[candidate] === 1);
    if (isPinned[candidate] === 0) {
      after[before[candidate] as number] = candidate;
      before[after[candidate] as number] = candidate;
    }
    placed[candidate] = 0;
    list[next] = -1;
    return candidate;
  };

  /** The candidate to try at the next place after `tried` (−1: the first), or −1. */
  const choose = (tried: number): number => {
    const pin = pinned[next] as number;
    if (pin >= 0) return tried < 0 && fits(pin) ? pin : -1;
    if (next < gainTop) return chooseByGain(tried);
    for (let i = after[tried < 0 ? count : tried] as number; i < count; i = after[i] as number) {
      const twin = hasTurned ? (search.predecessors?.[i] as number) : -1;
      if (twin >= 0 && placed[twin] === 0 && isPinned[twin] === 0) continue;
      if (fits(i)) return i;
    }
    return -1;
  };

  const chooseByGain = (tried: number): number => {
    const { of } = gains as Gains;
    const bound = tried < 0 ? Infinity : (of[tried] as number);
    let best = -1;
    for (let i = after[count] as number; i < count; i = after[i] as number) {
      const gain = of[i] as number;
      if (gain > bound || (gain === bound && i <= tried)) continue;
      if (best >= 0 && gain <= (of[best] as number)) continue;
      if (fits(i)) best = i;
    }
    return best;
  };

  const settle = (): void => {
    search.nodes += nodes;
    for (const limit of limits) limit.until = 0;
  };

  if (length > count || !stays()) {
    settle();
    return undefined;
  }
  let tried = -1;
  while (next < length) {
    const candidate = choose(tried);
    if (candidate >= 0) {
      if (nodes >= budget) {
        search.budgetSpent = true;
        break;
      }
      put(candidate);
      tried = -1;
      if (stays()) continue;
    } else if (next === 0) break;
    if (!hasTurned) {
      hasTurned = true;
      search.predecessors ??= classPredecessors(problem);
    }
    tried = take();
  }
  settle();
  return next === length ? list : undefined;
}

/** Whether pinned candidates that are still to come leave the candidate its place: no window may hold too many of them. */
function allowsPinsAhead(
  { keys, size, most, permits, until, tail }: Limit,
  candidate: number,
  place: number,
  list: Int32Array,
  pinned: Int32Array,
): boolean {
  const { offsets, values } = keys;
  const has = (who: number, value: number): boolean => {
    for (let e = offsets[who] as number; e < (offsets[who + 1] as number); e++) if (values[e] === value) return true;
    return false;
  };
  const at = (where: number, value: number): boolean => {
    if (where < 0) return tail[-1 - where]?.includes(value) === true;
    const who = where < place ? (list[where] as number) : where === place ? candidate : (pinned[where] as number);
    return who >= 0 && has(who, value);
  };
  const reach = Math.min(size, pinned.length + tail.length);
  const lastEnd = Math.min(place + reach - 1, until - 1);
  for (let e = offsets[candidate] as number; e < (offsets[candidate + 1] as number); e++) {
    const value = values[e] as number;
    const bound = permits === undefined ? most : (permits[value] as number);
    for (let end = place; end <= lastEnd; end++) {
      let found = 0;
      for (let where = Math.max(end - size + 1, -tail.length); where <= end; where++) if (at(where, value)) found++;
      if (found > bound) return false;
    }
  }
  return true;
}

/** Whether the windows leave the members that a quota still needs their places before its last deadline. */
function quotaFits(search: Search, level: QuotaLevel, placed: Uint8Array, have: number, next: number): boolean {
  const needed = level.wanted - have;
  if (needed <= 0) return true;
  for (const limit of search.limits) {
    if (limit.isMultiple || limit.until < level.top) continue;
    const { offsets, values } = limit.keys;
    const supply = new Map<number, number>();
    let fitting = 0;
    for (let i = 0; i < placed.length && fitting < needed; i++) {
      if (placed[i] === 1 || level.members[i] === 0) continue;
      const at = offsets[i] as number;
      if (at === offsets[i + 1]) {
        fitting++;
        continue;
      }
      const value = values[at] as number;
      const space = supply.get(value) ?? Math.max(0, room(limit, value, next, level.top));
      if (space > 0) fitting++;
      supply.set(value, space - 1);
    }
    if (fitting < needed) return false;
  }
  return true;
}
