/**
 * The list as it is defined, found by trying: the yardstick of the builder. Nothing here is shared with it but the types.
 * Rules are checked as sentences on whole prefixes; no look-ahead, no state.
 */
import type { KeyColumn, ListProblem, QuotaConstraint, WindowConstraint } from "../../src/compiler/ranking/index.js";

interface Levels {
  readonly length: number;
  readonly breaks: readonly number[];
  readonly quotas: readonly number[];
  readonly pins: readonly boolean[];
}

export interface Expected {
  readonly list: readonly number[];
  readonly levels?: Levels;
  readonly refused: boolean;
}

export function bruteForce(problem: ListProblem): Expected {
  const full = Math.min(problem.length, problem.count);
  const kept = problem.windows.map(({ strength }) => strength.kind === "hard" && strength.otherwise !== "relax");
  const weak = (length: number, keeps: readonly boolean[]): Levels => ({
    length,
    breaks: keeps.map((keep) => (keep ? 0 : length)),
    quotas: problem.quotas.map(() => Infinity),
    pins: problem.pins.map(() => false),
  });
  let length = full;
  while (first(problem, weak(length, kept)) === undefined) length--;
  const refusing = problem.windows.map(({ strength }) => strength.kind === "hard" && strength.otherwise === "refuse");
  if (length < full && refusing.includes(true)) {
    const single = first({ ...problem, caps: [] }, weak(full, refusing));
    if (single === undefined) return { list: [], refused: true };
  }
  let levels = weak(length, kept);
  const strengthen = (change: (levels: Levels, level: number) => Levels, count: number): void => {
    for (let level = 0; level < count; level++) {
      const next = change(levels, level);
      if (level === count - 1 || first(problem, next) !== undefined) {
        levels = next;
        return;
      }
    }
  };
  const strengthenWindow = (i: number): void =>
    strengthen((old, level) => ({ ...old, breaks: old.breaks.with(i, level) }), length + 1);
  problem.windows.forEach(({ strength }, i) => {
    if (strength.kind === "hard" && strength.otherwise === "relax") strengthenWindow(i);
  });
  problem.pins.forEach(({ position }, i) =>
    strengthen((old, level) => ({ ...old, pins: old.pins.with(i, level === 0 && position < length) }), 2),
  );
  const strengthenQuota = (i: number): void =>
    strengthen((old, level) => ({ ...old, quotas: old.quotas.with(i, level) }), problem.count + 2);
  problem.quotas.forEach(({ strength }, i) => {
    if (strength.kind === "hard") strengthenQuota(i);
  });
  [
    ...problem.quotas.map(({ strength }, i) => ({ strength, apply: () => strengthenQuota(i) })),
    ...problem.windows.map(({ strength }, i) => ({ strength, apply: () => strengthenWindow(i) })),
  ]
    .filter(({ strength }) => strength.kind === "soft")
    .sort((a, b) => priorityOf(b.strength) - priorityOf(a.strength))
    .forEach(({ apply }) => apply());
  const refused = problem.quotas.some(
    ({ strength }, i) => strength.kind === "hard" && strength.otherwise === "refuse" && levels.quotas[i] !== 0,
  );
  if (refused) return { list: [], refused };
  return { list: first(problem, levels) ?? [], levels, refused: false };
}

const priorityOf = (strength: WindowConstraint["strength"]): number =>
  strength.kind === "soft" ? strength.priority : Infinity;

/** The lexicographically first list that keeps the rules to these levels. */
function first(problem: ListProblem, levels: Levels): readonly number[] | undefined {
  const walk = (list: readonly number[]): readonly number[] | undefined => {
    if (!prefixHolds(problem, levels, list)) return undefined;
    if (list.length === levels.length) return wholeHolds(problem, levels, list) ? list : undefined;
    for (let i = 0; i < problem.count; i++) {
      if (list.includes(i)) continue;
      const found = walk([...list, i]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk([]);
}

export const valuesOf = (keys: KeyColumn, candidate: number): readonly number[] =>
  Array.from(keys.values.subarray(keys.offsets[candidate], keys.offsets[candidate + 1]));

/** How many items are one too many, with the positions before them, of some value. */
export function breaksOf({ keys, size, most, tail }: WindowConstraint, list: readonly number[]): number {
  let breaks = 0;
  for (let end = 0; end < list.length; end++) {
    const isOver = valuesOf(keys, list[end] as number).some((value) => {
      let holders = 0;
      for (let position = end; position > end - size; position--) {
        const there = position < 0 ? tail[-1 - position] : valuesOf(keys, list[position] as number);
        if (there?.includes(value) === true) holders++;
      }
      return holders > most;
    });
    if (isOver) breaks++;
  }
  return breaks;
}

function prefixHolds(problem: ListProblem, levels: Levels, list: readonly number[]): boolean {
  const isLast = list.map((i) => problem.last?.[i] === 1);
  if (isLast.some((last, position) => last && isLast.slice(position).includes(false))) return false;
  for (const [i, { candidate, position }] of problem.pins.entries()) {
    if (!levels.pins[i]) continue;
    if (list.length > position ? list[position] !== candidate : list.includes(candidate)) return false;
  }
  for (const [i, window] of problem.windows.entries())
    if (breaksOf(window, list) > (levels.breaks[i] ?? 0)) return false;
  return problem.caps.every(({ keys, permits }) =>
    [...permits].every(
      (held, value) =>
        list.filter((candidate) => valuesOf(keys, candidate).includes(value)).length <= Math.max(0, held),
    ),
  );
}

function wholeHolds(problem: ListProblem, levels: Levels, list: readonly number[]): boolean {
  return problem.quotas.every((quota, i) => quotaMet(quota, levels.quotas[i] ?? 0, list));
}

export function quotaMet({ members, least, top }: QuotaConstraint, level: number, list: readonly number[]): boolean {
  if (level === Infinity) return true;
  const positions = Math.min(top, list.length);
  const wanted = Math.min(least, members.filter((member) => member === 1).length, positions);
  const count = (until: number): number => list.slice(0, until).filter((candidate) => members[candidate] === 1).length;
  if (level > 0) return count(positions) >= wanted - (level - 1);
  return Array.from({ length: wanted }, (_, j) => j + 1).every((j) => count(Math.ceil((j * positions) / wanted)) >= j);
}
