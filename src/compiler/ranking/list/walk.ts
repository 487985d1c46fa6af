import type { Gains } from "../order/gains.js";
import { allows, canFill, occupy, resetLimit, vacate, type Limit } from "./limit.js";
import { allowsPinsAhead, quotaFits } from "./look-ahead.js";
import type { ListProblem, Relaxation } from "./problem.js";
import { quotaHolds, quotaLevel } from "./quota.js";

/** In which order a walk tries the candidates of a position. */
export type Preference =
  /** The list's own: by gain where variety chooses, else the order of the candidates. */
  | "list"
  /** Those whose values are the most that is left to place: for finding any list at all. */
  | "plenty"
  /** Those that break the fewest windows, the strongest first: what a greedy list takes. */
  | "fewest";

/** A list on its way, position by position, with the state that its rules need. */
export interface Walk {
  /** Candidates so far, −1 on open positions. */
  readonly list: Int32Array;
  /** Positions that are filled. */
  readonly filled: () => number;
  /** The candidate to try at the next position after `tried` (−1: the first), or −1: none is left. */
  readonly choose: (tried: number, preference: Preference) => number;
  readonly put: (candidate: number) => void;
  /** Takes the newest candidate back. */
  readonly take: () => number;
  /** Whether what is left may still fill the list: a necessary condition. */
  readonly stays: () => boolean;
}

export interface WalkOptions {
  readonly problem: ListProblem;
  readonly limits: readonly Limit[];
  readonly gains: Gains | undefined;
  readonly relaxation: Relaxation;
  /** Of each limit, what a position that breaks it counts against one that breaks another. */
  readonly weights: readonly number[];
  /** The better twin of each candidate, or −1; undefined while no walk has turned back. */
  readonly twins: () => Int32Array | undefined;
}

export function startWalk({ problem, limits, gains, relaxation, weights, twins }: WalkOptions): Walk {
  const { count, last } = problem;
  const { length } = relaxation;
  const list = new Int32Array(length).fill(-1);
  const placed = new Uint8Array(count);
  const quotas = problem.quotas.map((quota, i) => quotaLevel(quota, length, relaxation.quotas[i]!));
  const have = new Int32Array(quotas.length);
  const membersLeft = Int32Array.from(quotas, ({ members }) => members.reduce((sum, member) => sum + member, 0));

  for (const limit of limits) {
    limit.breaksLeft = 0;
    resetLimit(limit, problem);
  }
  problem.windows.forEach((_, i) => {
    limits[i]!.breaksLeft = relaxation.breaks[i]!;
  });
  // Of each position, which limits its item broke.
  const broken = limits.map(() => new Uint8Array(length));
  gains?.reset();

  // What is pinned waits outside of the chain of candidates.
  const pinned = new Int32Array(length).fill(-1);
  const isPinned = new Uint8Array(count);
  let lastPin = -1;
  problem.pins.forEach(({ candidate, position }, i) => {
    if (relaxation.pins[i] === 0) return;
    pinned[position] = candidate;
    isPinned[candidate] = 1;
    lastPin = Math.max(lastPin, position);
  });

  // The candidates that are left, in order: after[count] is the first.
  const after = new Int32Array(count + 1);
  const before = new Int32Array(count + 1);
  let end = count;
  for (let i = 0; i < count; i++) {
    if (isPinned[i] === 1) continue;
    after[end] = i;
    before[i] = end;
    end = i;
  }
  after[end] = count;
  before[count] = end;

  let next = 0;
  let firstLast = length;
  const gainTop = problem.diversity?.top ?? 0;

  const stays = (): boolean => {
    const isLast = firstLast < next;
    const remaining = count - next;
    for (let i = 0; i < limits.length; i++) if (!canFill(limits[i]!, next, length, remaining, isLast)) return false;
    for (let q = 0; q < quotas.length; q++) {
      const level = quotas[q]!;
      const left = isLast ? 0 : membersLeft[q]!;
      if (!quotaHolds(level, have[q]!, next, left)) return false;
      if (twins() !== undefined && !isLast && !quotaFits(limits, level, placed, have[q]!, next)) return false;
    }
    return true;
  };

  const fits = (candidate: number): boolean => {
    const isLast = last?.[candidate] === 1;
    if (isLast ? next < lastPin : firstLast < next) return false;
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i]!;
      if (limit.breaksLeft > 0) continue;
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
      after[before[candidate]!] = after[candidate]!;
      before[after[candidate]!] = before[candidate]!;
    }
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i]!;
      const breaks = limit.breaksLeft > 0 && !allows(limit, candidate);
      broken[i]![next] = breaks ? 1 : 0;
      if (breaks) limit.breaksLeft--;
      occupy(limit, candidate, next, list, isLast);
    }
    for (let q = 0; q < quotas.length; q++)
      if (quotas[q]!.members[candidate] === 1) {
        membersLeft[q]!--;
        if (next < quotas[q]!.top) have[q]!++;
      }
    if (isLast && firstLast === length) firstLast = next;
    if (next < gainTop) gains?.add(candidate);
    next++;
  };

  const take = (): number => {
    next--;
    const candidate = list[next]!;
    if (next < gainTop) gains?.remove();
    if (firstLast === next) firstLast = length;
    for (let q = 0; q < quotas.length; q++)
      if (quotas[q]!.members[candidate] === 1) {
        membersLeft[q]!++;
        if (next < quotas[q]!.top) have[q]!--;
      }
    for (let i = limits.length - 1; i >= 0; i--) {
      const limit = limits[i]!;
      vacate(limit, candidate, next, list, last?.[candidate] === 1);
      if (broken[i]![next] === 1) limit.breaksLeft++;
    }
    if (isPinned[candidate] === 0) {
      after[before[candidate]!] = candidate;
      before[after[candidate]!] = candidate;
    }
    placed[candidate] = 0;
    list[next] = -1;
    return candidate;
  };

  const choose = (tried: number, preference: Preference): number => {
    const pin = pinned[next]!;
    if (pin >= 0) return tried < 0 && fits(pin) ? pin : -1;
    if (preference === "plenty") return chooseGreatest(tried, plenty);
    if (preference === "fewest") return chooseGreatest(tried, unbroken, 0);
    if (next < gainTop) return chooseGreatest(tried, (i) => gains?.of[i] as number);
    for (let i = after[tried < 0 ? count : tried]!; i < count; i = after[i]!)
      if (!hasBetterTwin(i) && fits(i)) return i;
    return -1;
  };

  /** Whether a candidate that no rule can tell from it is ready: where that one failed, this one does. */
  const hasBetterTwin = (candidate: number): boolean => {
    const twin = twins()?.[candidate] ?? -1;
    return twin >= 0 && placed[twin] === 0 && isPinned[twin] === 0;
  };

  /** By the greatest number, then in order; twins wait for one another where gains do not tell them apart. */
  const chooseGreatest = (tried: number, valueOf: (candidate: number) => number, greatestOfAll = Infinity): number => {
    const bound = tried < 0 ? Infinity : valueOf(tried);
    let best = -1;
    let greatest = -Infinity;
    for (let i = after[count]!; i < count; i = after[i]!) {
      const value = valueOf(i);
      if (value > bound || (value === bound && i <= tried)) continue;
      if (best >= 0 && value <= greatest) continue;
      if ((valueOf === plenty || valueOf === unbroken) && hasBetterTwin(i)) continue;
      if (fits(i)) [best, greatest] = [i, value];
      if (greatest === greatestOfAll) break;
    }
    return best;
  };

  /** 0 for a candidate that breaks no window here, else less by the weights of those that it breaks. */
  const unbroken = (candidate: number): number => {
    let sum = 0;
    for (let i = 0; i < limits.length; i++) {
      const limit = limits[i]!;
      if (limit.breaksLeft > 0 && !allows(limit, candidate)) sum -= weights[i]!;
    }
    return sum;
  };

  /** How many candidates with its values are left to place, over all limits. */
  const plenty = (candidate: number): number => {
    let sum = last?.[candidate] === 1 ? -count : 0;
    for (const { keys, left } of limits)
      for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) sum += left[keys.values[e]!]!;
    return sum;
  };

  return { list, filled: () => next, choose, put, take, stays };
}
