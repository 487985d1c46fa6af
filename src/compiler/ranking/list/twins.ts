import type { KeyColumn, ListProblem } from "./problem.js";
import { scratchInts } from "./scratch.js";

/**
 * Candidates that no rule can tell apart: the same values under every window and cap, in the same quotas, both or neither
 * `last`. For each candidate, the next better one of its kind, or −1. When one of a kind cannot appear at a position, none can.
 */
export function classPredecessors(problem: ListProblem): Int32Array {
  const { count, last, windows, caps, quotas } = problem;
  let kinds = scratchInts(count);
  const splitBy = (valueOf: (candidate: number) => number): void => {
    kinds = splitKinds(kinds, valueOf);
  };
  if (last !== undefined) splitBy((i) => last[i]!);
  for (const { members } of quotas) splitBy((i) => members[i]!);
  for (const { keys } of [...windows, ...caps]) splitByKey(keys, count, splitBy);
  const newest = scratchInts(count).fill(-1);
  const predecessors = scratchInts(count);
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
  const count = kinds.length;
  // Open addressing, at most half full; a slot holds the first candidate of its kind and value.
  const slots = 2 ** Math.ceil(Math.log2(2 * count + 2));
  const firsts = scratchInts(slots);
  const values = scratchInts(count);
  const split = scratchInts(count);
  let found = 0;
  for (let i = 0; i < count; i++) {
    const value = valueOf(i);
    values[i] = value;
    let slot = Math.imul(Math.imul(value, 0x9e3779b1) ^ kinds[i]!, 0x85ebca6b) >>> 0;
    slot = (slot ^ (slot >>> 15)) & (slots - 1);
    for (;;) {
      const first = firsts[slot]! - 1;
      if (first < 0) {
        firsts[slot] = i + 1;
        split[i] = found++;
        break;
      }
      if (kinds[first] === kinds[i] && values[first] === value) {
        split[i] = split[first]!;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return split;
}
