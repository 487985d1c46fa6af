import type { Gains } from "../order/gain.js";
import { createGains } from "../order/gains.js";
import { createLimit, type Limit } from "./limit.js";
import { mapPacked } from "./packed.js";
import type { ListProblem, Relaxation, WindowConstraint } from "./problem.js";
import { candidatesOf } from "./quota.js";
import { Twins } from "./twins.js";
import { startWalk, type Preference, type Walk } from "./walk.js";

/** A problem with all that its searches share. */
export interface Search {
  readonly problem: ListProblem;
  readonly limits: readonly Limit[];
  /** Of each quota, the candidates that are members. */
  readonly members: readonly Int32Array[];
  readonly gains?: Gains;
  readonly weights: readonly number[];
  /** Made when a search first turns back. */
  twins?: Twins;
  /** Positions that one search may fill beyond those of its list before it begins again. */
  readonly budget: number;
  nodes: number;
  /** Positions that searches may still fill beyond those of their lists, in all. */
  pool: number;
  /** Looks at a candidate under a limit that greedy lists may still take, in all. */
  looks: number;
  truncated: boolean;
}

export function createSearch(problem: ListProblem): Search {
  // What a position costs grows with the candidates that are looked at: small requests may try more, large ones fewer.
  const count = Math.max(1, problem.count);
  const budget = Math.round(problem.budget * Math.max(200 / count, Math.min(1, 1000 / count)));
  return {
    problem,
    budget,
    limits: mapPacked([...problem.windows, ...problem.caps], (each) => createLimit(each, problem)),
    members: mapPacked(problem.quotas, ({ members }) => candidatesOf(members)),
    ...(problem.diversity === undefined ? {} : { gains: createGains(problem.diversity, problem.count) }),
    weights: weightsOf(problem),
    nodes: 0,
    pool: 8 * budget,
    looks: 1e7,
    truncated: false,
  };
}

/** What a search may fill beyond its list's positions when the pool is empty. */
const leastBudget = 20;

/**
 * The lexicographically first list that keeps every rule to the given relaxation, or undefined: there is none, or the
 * budget ended first. Depth first, position by position; a candidate is left out as soon as a necessary condition fails for
 * what remains, and so are candidates that differ from a failed one in nothing that a rule sees.
 *
 * Going back from the end is slow where the fault lies far before it. A search that spends its budget begins again and
 * takes first what there is most of, which leaves variety for the end; the list that it finds so is made better from its
 * first position on, as far as the search's pool goes.
 */
export function findList(search: Search, relaxation: Relaxation): Int32Array | undefined {
  const { length } = relaxation;
  if (length > search.problem.count) return undefined;
  const walk = walkOf(search, relaxation, false);
  if (!walk.stays()) return undefined;
  const found = descend(search, walk, "list", length + Math.max(leastBudget, Math.min(search.budget, search.pool)));
  search.nodes += found.nodes;
  search.pool -= Math.max(0, found.nodes - length);
  if (found.kind === "found") return walk.list;
  if (found.kind === "none") return undefined;
  search.truncated = true;
  if (search.pool <= 0) return undefined;
  const other = walkOf(search, relaxation, true);
  const rough = descend(search, other, "plenty", Math.min(search.pool, length + 2 * search.budget));
  spend(search, rough.nodes);
  return rough.kind === "found" ? polish(search, other) : undefined;
}

/** Positions that {@link easyList} fills at most, for each of its list. */
const easyNodes = 4;

/** What {@link findList} finds, where that takes few positions; undefined says nothing, and costs what other searches may spend nothing. */
export function easyList(search: Search, relaxation: Relaxation): Int32Array | undefined {
  const own = { ...search };
  const walk = walkOf(own, relaxation, false);
  if (relaxation.length > search.problem.count || !walk.stays()) return undefined;
  const { kind, nodes } = descend(own, walk, "list", easyNodes * relaxation.length);
  search.nodes += nodes;
  return kind === "found" ? walk.list : undefined;
}

/** Whether nothing that is seen before the first position keeps every list from the relaxation. */
export function mayHold(search: Search, relaxation: Relaxation): boolean {
  return walkOf(search, relaxation, false).stays();
}

/** A list that breaks at each position as little as it can there, or undefined where that comes to no list soon. */
export function greedyList(search: Search, relaxation: Relaxation): Int32Array | undefined {
  // At each position it looks at every candidate under every limit.
  const looks = search.problem.count * relaxation.length * search.limits.length;
  if (looks > search.looks) return undefined;
  search.looks -= looks;
  const walk = walkOf(search, relaxation, true);
  if (!walk.stays()) return undefined;
  const found = descend(search, walk, "fewest", relaxation.length + 100);
  search.nodes += found.nodes;
  return found.kind === "found" ? walk.list : undefined;
}

function walkOf(search: Search, relaxation: Relaxation, followsAll: boolean): Walk {
  const { problem, limits, members, gains, weights } = search;
  return startWalk({ problem, limits, members, followsAll, gains, relaxation, weights, twins: () => search.twins });
}

/** A stronger window counts for more than all positions that break weaker ones. */
function weightsOf({ windows, caps, length }: ListProblem): readonly number[] {
  const strengthOf = ({ strength }: WindowConstraint): number =>
    strength.kind === "hard" ? Infinity : strength.priority;
  const order = mapPacked(windows, (_, i) => i);
  order.sort((a, b) => strengthOf(windows[a]!) - strengthOf(windows[b]!) || b - a);
  return mapPacked([...windows, ...caps], (_, i) => (i < order.length ? (length + 1) ** order.indexOf(i) : 0));
}

interface Descent {
  readonly kind: "found" | "none" | "budget";
  readonly nodes: number;
}

/** From the positions that are filled to a whole list, or back to them. */
function descend(search: Search, walk: Walk, preference: Preference, budget: number): Descent {
  const start = walk.filled();
  const { length } = walk.list;
  let nodes = 0;
  let tried = -1;
  while (walk.filled() < length) {
    const candidate = walk.choose(tried, preference);
    if (candidate >= 0) {
      if (nodes >= budget) return { kind: "budget", nodes };
      walk.put(candidate);
      nodes++;
      tried = -1;
      if (walk.stays()) continue;
    } else if (walk.filled() === start) return { kind: "none", nodes };
    search.twins ??= new Twins(search.problem);
    tried = walk.take();
  }
  return { kind: "found", nodes };
}

/** Of a list that holds, position by position the first candidate with which some list is found that holds. */
function polish(search: Search, walk: Walk): Int32Array {
  const best = walk.list.slice();
  const { length } = best;
  while (walk.filled() > 0) walk.take();
  for (let position = 0; position < length; position++) {
    let tried = -1;
    for (;;) {
      const candidate = search.pool > 0 ? walk.choose(tried, "list") : best[position]!;
      if (candidate < 0 || candidate === best[position]) {
        walk.put(best[position]!);
        break;
      }
      walk.put(candidate);
      const ahead: Descent = walk.stays()
        ? descend(search, walk, "plenty", Math.min(search.pool, length - position + 50))
        : { kind: "none", nodes: 0 };
      spend(search, ahead.nodes + 1);
      if (ahead.kind === "found") best.set(walk.list);
      while (walk.filled() > (ahead.kind === "found" ? position + 1 : position)) walk.take();
      if (ahead.kind === "found") break;
      tried = candidate;
    }
  }
  return best;
}

function spend(search: Search, nodes: number): void {
  search.nodes += nodes;
  search.pool -= nodes;
}
