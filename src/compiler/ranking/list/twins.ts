import type { KeyColumn, ListProblem } from "./problem.js";

/**
 * Candidates that no rule can tell apart: the same values under every window and cap, in the same quotas, both or neither
 * `last`. For each candidate, the next better one of its kind, or −1. When one of a kind cannot appear at a position, none can.
 */
export function classPredecessors(problem: ListProblem): Int32Array {
  const { count, last, windows, caps, quotas } = problem;
  let kinds: Int32Array = new Int32Array(count);
  const splitBy = (valueOf: (candidate: number) => number): void => {
    kinds = splitKinds(kinds, valueOf);
  };
  if (last !== undefined) splitBy((i) => last[i]!);
  for (const { members } of quotas) splitBy((i) => members[i]!);
  for (const { keys } of [...windows, ...caps]) splitByKey(keys, count, splitBy);
  const newest = new Int32Array(count).fill(-1);
  const predecessors = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const kind = kinds[i]!;
    predecessors[i] = newest[kind]!;
    newest[kind] = i;
  }
  return predecessors;
}

function splitByKey(
  { offsets, values }: KeyColumn,
  count: number,
  splitBy: (valueOf: (candidate: number) => number) => void,
): void {
  let widest = 0;
  for (let i = 0; i < count; i++) widest = Math.max(widest, offsets[i + 1]! - offsets[i]!);
  for (let nth = 0; nth < widest; nth++)
    splitBy((i) => {
      const entry = offsets[i]! + nth;
      return entry < offsets[i + 1]! ? values[entry]! + 1 : 0;
    });
}

/** Kinds as dense numbers, each split by a further value. */
function splitKinds(kinds: Int32Array, valueOf: (candidate: number) => number): Int32Array {
  const known = new Map<number, number>();
  return kinds.map((kind, i) => {
    // A kind is under 10,000 and a value under 2^31: exact in a double.
    const key = valueOf(i) * 16_384 + kind;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, known.size);
    return known.size - 1;
  });
}
