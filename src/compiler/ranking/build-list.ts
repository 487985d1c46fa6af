import type { BuiltList, GaveWay, ListProblem, QuotaConstraint, WindowConstraint } from "./problem.js";
import { quotaLevel, weakestQuotaLevel } from "./quota.js";
import { createSearch, findList, type Search, type Strictness } from "./search.js";

/** Something that may give way, from its strictest level 0 to its weakest. */
interface Yielding {
  readonly levels: number;
  readonly set: (strictness: Strictness, level: number) => void;
  readonly report: (level: number) => GaveWay;
}

/**
 * Builds the list of a request. What it is does not depend on how it is found:
 *
 * 1. the longest list that the hard rules allow (those that rather `relax` aside);
 * 2. of these, one that keeps what may give way as far as it can, the strongest first: hard windows that relax, in their
 *    order; pins; hard quotas; what is soft, the highest priority first, quotas before windows. A window that cannot hold on the whole list holds on
 *    as many first places as it can;
 * 3. of these, the lexicographically first in the candidates' order.
 *
 * A search that ends for its budget counts as one that found nothing. When the windows that say `refuse` leave no list of
 * full length even on their own, or a quota that says so gave way, the list is empty.
 */
export function buildList(problem: ListProblem): BuiltList {
  const search = createSearch(problem);
  const full = Math.min(problem.length, problem.count);
  const strict = strictest(problem, full);
  const list = findList(search, strict);
  const done = (found: Int32Array, gaveWay: readonly GaveWay[]): BuiltList => ({
    list: found,
    gaveWay,
    budgetSpent: search.budgetSpent,
    nodes: search.nodes,
  });
  if (list !== undefined) return done(list, unplacedPins(problem, full));
  const refused = (rules: readonly string[]): BuiltList => done(new Int32Array(0), [{ kind: "refused", rules }]);

  const longest = longestList(search, full);
  const gaveWay: GaveWay[] = [];
  if (longest.length < full) {
    const refusing = problem.windows.filter((window) => otherwiseOf(window) === "refuse");
    if (refusing.length > 0 && !holdsAlone(search, full, refusing)) return refused(refusing.map(({ name }) => name));
    const rules = [...problem.windows.filter((window) => isKept(window)), ...problem.caps].map(({ name }) => name);
    gaveWay.push({ kind: "short", rules, wanted: full, length: longest.length });
  }
  const tightest = tighten(search, longest, gaveWay);
  const refusing = problem.quotas.filter(
    ({ name, strength }) =>
      strength.kind === "hard" &&
      strength.otherwise === "refuse" &&
      gaveWay.some((each) => each.kind === "quota" && each.rule === name),
  );
  return refusing.length > 0 ? refused(refusing.map(({ name }) => name)) : done(tightest, gaveWay);
}

const otherwiseOf = ({ strength }: WindowConstraint): string =>
  strength.kind === "hard" ? strength.otherwise : "relax";

/** Whether the window would rather shorten the list than give way. */
const isKept = (window: WindowConstraint): boolean => otherwiseOf(window) !== "relax";

function strictest(problem: ListProblem, length: number): Strictness {
  return {
    length,
    until: new Int32Array(problem.windows.length).fill(length),
    quotas: new Int32Array(problem.quotas.length),
    pins: Uint8Array.from(problem.pins, ({ place }) => (place < length ? 1 : 0)),
  };
}

/** Everything given way that can. */
function weakest(problem: ListProblem, length: number, keeps: (window: WindowConstraint) => boolean): Strictness {
  return {
    length,
    until: Int32Array.from(problem.windows, (window) => (keeps(window) ? length : 0)),
    quotas: Int32Array.from(problem.quotas, (quota) => weakestQuotaLevel(quota, length)),
    pins: new Uint8Array(problem.pins.length),
  };
}

function holdsAlone(search: Search, length: number, windows: readonly WindowConstraint[]): boolean {
  const alone = weakest(search.problem, length, (window) => windows.includes(window));
  const withoutCaps = { ...search, limits: search.limits.slice(0, search.problem.windows.length) };
  return findList(withoutCaps, alone) !== undefined;
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

/** Brings back what gave way, the strongest first, each as strictly as it can be together with those before it. */
function tighten(search: Search, longest: Int32Array, gaveWay: GaveWay[]): Int32Array {
  const { problem } = search;
  const { length } = longest;
  let list = longest;
  const current = weakest(problem, length, isKept);
  gaveWay.push(...unplacedPins(problem, length));
  const all = findList(search, strictest(problem, length));
  if (all !== undefined) return all;
  for (const { levels, set, report } of yieldings(problem, length)) {
    let [low, high] = [0, levels - 1];
    while (low < high) {
      const level = low === 0 && high === levels - 1 ? 0 : Math.floor((low + high) / 2);
      set(current, level);
      const found = findList(search, current);
      if (found === undefined) low = level + 1;
      else {
        list = found;
        high = level;
      }
    }
    set(current, high);
    if (high > 0) gaveWay.push(report(high));
  }
  return list;
}

/** What may give way, the strongest first. */
function yieldings(problem: ListProblem, length: number): readonly Yielding[] {
  const { windows, pins, quotas } = problem;
  const windowAt = (i: number): Yielding => ({
    levels: length + 1,
    set: ({ until }, level) => {
      until[i] = length - level;
    },
    report: (level) => ({ kind: "window", rule: windows[i]?.name ?? "", until: length - level }),
  });
  const relaxing = windows.flatMap(({ strength }, i) =>
    strength.kind === "hard" && strength.otherwise === "relax" ? [windowAt(i)] : [],
  );
  const quotaAt = (i: number): Yielding => {
    const quota = quotas[i] as QuotaConstraint;
    const { wanted } = quotaLevel(quota, length, 0);
    return {
      levels: wanted + 2,
      set: (strictness, level) => {
        strictness.quotas[i] = level;
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
    ...pins.map(({ name, place }, i): Yielding => {
      const isInside = place < length;
      return {
        levels: isInside ? 2 : 1,
        set: (strictness, level) => {
          strictness.pins[i] = isInside && level === 0 ? 1 : 0;
        },
        report: () => ({ kind: "pin", rule: name, place: place + 1 }),
      };
    }),
    ...quotas.flatMap(({ strength }, i) => (strength.kind === "hard" ? [quotaAt(i)] : [])),
    ...soft,
  ];
}

/** Pins beyond the list's end. */
function unplacedPins(problem: ListProblem, length: number): readonly GaveWay[] {
  return problem.pins.flatMap(({ name, place }): GaveWay[] =>
    place < length ? [] : [{ kind: "pin", rule: name, place: place + 1 }],
  );
}
