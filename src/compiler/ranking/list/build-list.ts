import type { BuiltList, Relaxed, ListProblem, Relaxation, WindowConstraint } from "./problem.js";
import { quotaLevel, weakestQuotaLevel } from "./quota.js";
import { createSearch, easyList, findList, greedyList, mayHold, type Search } from "./search.js";
import { windowBreaks } from "./window-breaks.js";

/** Something that may be relaxed, from its strictest level 0 to its weakest. */
interface Yielding {
  /** The weakest level that matters, given a list that keeps all before it. */
  readonly weakest: (list: Int32Array) => number;
  readonly set: (relaxation: Relaxation, level: number) => void;
  readonly isWindow: boolean;
  /** Absent for windows: how far they are relaxed is read off the list. */
  readonly report?: (level: number) => Relaxed;
}

/**
 * Builds the list of a request. What it is does not depend on how it is found:
 *
 * 1. the longest list that the hard rules allow (those that rather `relax` aside);
 * 2. of these, one that keeps what may be relaxed as far as it can, one rule after the other, the strongest first: hard
 *    windows that relax, in their order; pins; hard quotas; what is soft, the highest priority first, quotas before
 *    windows, else in their order. A window is kept the better the fewer positions break it: see `windowBreaks`;
 * 3. of these, the lexicographically first in the candidates' order.
 *
 * Where a search ends for its budget, the best list that was found is kept, and `searchTruncated` says so. When the windows
 * that say `refuse` leave no list of full length even on their own, or a quota that says so is relaxed, the list is empty.
 */
export function buildList(problem: ListProblem): BuiltList {
  const search = createSearch(problem);
  const full = Math.min(problem.length, problem.count);
  const strict = strictest(problem, full);
  const list = findList(search, strict);
  const done = (found: Int32Array, relaxed: readonly Relaxed[]): BuiltList => ({
    list: found.slice(),
    relaxed,
    searchTruncated: search.truncated,
    nodes: search.nodes,
  });
  if (list !== undefined) return done(list, unplacedPins(problem, full));
  const lost = lostPins(search, strict);
  const others = lost.length === 0 ? undefined : easyList(search, withoutPins(strict, lost));
  if (others !== undefined)
    return done(others, [...unplacedPins(problem, full), ...lost.map((i) => lostPin(problem, i))]);
  const refused = (rules: readonly string[]): BuiltList => done(new Int32Array(0), [{ kind: "refused", rules }]);

  const longest = longestList(search, full);
  const relaxed: Relaxed[] = [];
  if (longest.length < full) {
    const refusing = problem.windows.filter((window) => otherwiseOf(window) === "refuse");
    if (refusing.length > 0 && !holdsAlone(search, full, refusing)) return refused(refusing.map(({ name }) => name));
    relaxed.push({ kind: "short", rules: shorteners(problem, longest.length), wanted: full, length: longest.length });
  }
  const tightest = tighten(search, longest, relaxed);
  relaxed.push(...brokenWindows(problem, tightest));
  const refusing = problem.quotas.filter(
    ({ name, strength }) =>
      strength.kind === "hard" &&
      strength.otherwise === "refuse" &&
      relaxed.some((each) => each.kind === "quota" && each.rule === name),
  );
  return refusing.length > 0 ? refused(refusing.map(({ name }) => name)) : done(tightest, relaxed);
}

const otherwiseOf = ({ strength }: WindowConstraint): string =>
  strength.kind === "hard" ? strength.otherwise : "relax";

/** Whether the window would rather shorten the list than be relaxed. */
const isKept = (window: WindowConstraint): boolean => otherwiseOf(window) !== "relax";

function strictest(problem: ListProblem, length: number): Relaxation {
  return {
    length,
    breaks: new Int32Array(problem.windows.length),
    quotas: new Int32Array(problem.quotas.length),
    pins: Uint8Array.from(problem.pins, ({ position }) => (position < length ? 1 : 0)),
  };
}

/** Everything given way that can. */
function weakest(problem: ListProblem, length: number, keeps: (window: WindowConstraint) => boolean): Relaxation {
  return {
    length,
    breaks: Int32Array.from(problem.windows, (window) => (keeps(window) ? 0 : length)),
    quotas: Int32Array.from(problem.quotas, (quota) => weakestQuotaLevel(quota, length)),
    pins: new Uint8Array(problem.pins.length),
  };
}

/**
 * Pins that cannot hold beside the stronger ones and all that is stronger than pins, as is seen without a search. Where a list keeps
 * everything else, it is these that are relaxed: restoring rule after rule would come to the same, with a search for each.
 */
function lostPins(search: Search, strict: Relaxation): readonly number[] {
  const { problem } = search;
  const stronger = weakest(problem, strict.length, ({ strength }) => strength.kind === "hard");
  const lost: number[] = [];
  for (let i = 0; i < problem.pins.length; i++) {
    if (strict.pins[i] === 0) continue;
    stronger.pins[i] = 1;
    if (mayHold(search, stronger)) continue;
    stronger.pins[i] = 0;
    lost.push(i);
  }
  return lost;
}

function withoutPins(relaxation: Relaxation, lost: readonly number[]): Relaxation {
  return { ...relaxation, pins: relaxation.pins.map((kept, i) => (lost.includes(i) ? 0 : kept)) };
}

function lostPin({ pins }: ListProblem, i: number): Relaxed {
  const { name, position } = pins[i]!;
  return { kind: "pin", rule: name, position: position + 1 };
}

function holdsAlone(search: Search, length: number, windows: readonly WindowConstraint[]): boolean {
  const onlyThese = weakest(search.problem, length, (window) => windows.includes(window));
  const withoutCaps = { ...search, limits: search.limits.slice(0, search.problem.windows.length) };
  const found = findList(withoutCaps, onlyThese);
  search.truncated ||= withoutCaps.truncated;
  return found !== undefined;
}

/** By halving: what is feasible at a length is feasible at every shorter one. The empty list always is. */
function longestList(search: Search, full: number): Int32Array {
  let best: Int32Array = new Int32Array(0);
  let [low, high] = [0, full];
  while (low < high) {
    const length = low === 0 && high === full ? full : Math.ceil((low + high) / 2);
    const found = findList(search, weakest(search.problem, length, isKept));
    if (found === undefined) high = length - 1;
    else {
      best = found;
      low = length;
    }
  }
  return best;
}

/** Restores what was relaxed, the strongest first, each as strictly as it can be together with those before it. */
function tighten(search: Search, longest: Int32Array, relaxed: Relaxed[]): Int32Array {
  const { problem } = search;
  const { length } = longest;
  let list = longest;
  const current = weakest(problem, length, isKept);
  relaxed.push(...unplacedPins(problem, length));
  const all = findList(search, strictest(problem, length));
  if (all !== undefined) return all;
  for (const yielding of yieldings(problem, length)) {
    const level = strengthen(search, current, yielding, { list, accept: (better) => (list = better) });
    yielding.set(current, level);
    if (level > 0 && yielding.report !== undefined) relaxed.push(yielding.report(level));
  }
  return list;
}

/** The strictest level at which there is a list that keeps `current` as well; `accept` gets the list. */
function strengthen(
  search: Search,
  current: Relaxation,
  { weakest: weakestLevel, set, isWindow }: Yielding,
  { list, accept }: { readonly list: Int32Array; readonly accept: (list: Int32Array) => void },
): number {
  let [low, high] = [0, weakestLevel(list)];
  // Another list may keep the window better, and then is as far as a search need look.
  const greedy = high > 1 && isWindow ? greedyList(search, current) : undefined;
  let isOwed = false;
  if (greedy !== undefined && weakestLevel(greedy) < high) {
    accept(greedy);
    high = weakestLevel(greedy);
    isOwed = true;
  }
  while (low < high && !(isWindow && search.pool <= 0)) {
    const level = low === 0 ? 0 : Math.floor((low + high) / 2);
    set(current, level);
    const found = findList(search, current);
    if (found === undefined) {
      low = level + 1;
      continue;
    }
    accept(found);
    isOwed = false;
    high = Math.max(low, Math.min(level, weakestLevel(found)));
  }
  if (low < high) search.truncated = true;
  if (!isOwed || search.pool <= 0) return high;
  set(current, high);
  const first = findList(search, current);
  if (first !== undefined) accept(first);
  return high;
}

/** Rules without which there would be a longer list; all that shorten where none does it by itself. */
function shorteners(problem: ListProblem, length: number): readonly string[] {
  const { windows, caps } = problem;
  const rules = [...windows.filter((window) => isKept(window)), ...caps];
  const named = rules.filter((rule) => {
    const without = createSearch({
      ...problem,
      windows: windows.filter((each) => each !== rule),
      caps: caps.filter((each) => each !== rule),
    });
    return findList(without, weakest(without.problem, length + 1, isKept)) !== undefined;
  });
  return (named.length > 0 ? named : rules).map(({ name }) => name);
}

/** How windows that may be relaxed were. */
function brokenWindows({ windows }: ListProblem, list: Int32Array): readonly Relaxed[] {
  return windows.flatMap((window): readonly Relaxed[] => {
    const positions = windowBreaks(window, list).map((position) => position + 1);
    return positions.length === 0 ? [] : [{ kind: "window", rule: window.name, positions }];
  });
}

/** What may be relaxed, the strongest first. */
function yieldings(problem: ListProblem, length: number): readonly Yielding[] {
  const { windows, pins, quotas } = problem;
  const windowAt = (i: number): Yielding => ({
    isWindow: true,
    weakest: (list) => windowBreaks(windows[i]!, list).length,
    set: ({ breaks }, level) => {
      breaks[i] = level;
    },
  });
  const relaxing = windows.flatMap(({ strength }, i) =>
    strength.kind === "hard" && strength.otherwise === "relax" ? [windowAt(i)] : [],
  );
  const quotaAt = (i: number): Yielding => {
    const quota = quotas[i]!;
    const { wanted } = quotaLevel(quota, length, 0);
    return {
      isWindow: false,
      weakest: () => wanted + 1,
      set: (relaxation, level) => {
        relaxation.quotas[i] = level;
      },
      report: (level) => ({ kind: "quota", rule: quota.name, wanted, kept: wanted - (level - 1), late: level > 0 }),
    };
  };
  const soft = [
    ...quotas.map(({ strength }, i) => ({ strength, at: () => quotaAt(i) })),
    ...windows.map(({ strength }, i) => ({ strength, at: () => windowAt(i) })),
  ]
    .flatMap(({ strength, at }) => (strength.kind === "soft" ? [{ priority: strength.priority, at }] : []))
    .sort((a, b) => b.priority - a.priority)
    .map(({ at }) => at());
  return [
    ...relaxing,
    ...pins.map(({ name, position }, i): Yielding => {
      const isInside = position < length;
      return {
        isWindow: false,
        weakest: () => (isInside ? 1 : 0),
        set: (relaxation, level) => {
          relaxation.pins[i] = isInside && level === 0 ? 1 : 0;
        },
        report: () => ({ kind: "pin", rule: name, position: position + 1 }),
      };
    }),
    ...quotas.flatMap(({ strength }, i) => (strength.kind === "hard" ? [quotaAt(i)] : [])),
    ...soft,
  ];
}

/** Pins beyond the list's end. */
function unplacedPins(problem: ListProblem, length: number): readonly Relaxed[] {
  return problem.pins.flatMap(({ name, position }): Relaxed[] =>
    position < length ? [] : [{ kind: "pin", rule: name, position: position + 1 }],
  );
}
