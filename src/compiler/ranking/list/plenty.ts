import type { Limit } from "./limit.js";
import type { KeyColumn } from "./problem.js";
import { scratchInts } from "./scratch.js";

/** Candidates by their values: those of a value from `starts[value]` up to `starts[value + 1]`. */
interface Holders {
  readonly keys: KeyColumn;
  readonly starts: Int32Array;
  readonly candidates: Int32Array;
}

/**
 * How many candidates with its values are left to place, of each candidate and over all limits; less by the number of all candidates
 * for one that comes behind all others. Follows a walk forth and back.
 */
export class Plenty {
  readonly counts: Int32Array;
  readonly #holders: readonly Holders[];

  /** Begins where the walk is. */
  constructor(limits: readonly Limit[], last: Uint8Array | undefined, count: number) {
    this.counts = scratchInts(count);
    for (let i = 0; i < count; i++) if (last?.[i] === 1) this.counts[i] = -count;
    for (const { keys, left } of limits)
      for (let i = 0; i < count; i++)
        for (let e = keys.offsets[i]!; e < keys.offsets[i + 1]!; e++) this.counts[i]! += left[keys.values[e]!]!;
    this.#holders = limits.map(({ keys }) => holdersOf(keys, count));
  }

  /** The candidate is placed. */
  add(candidate: number): void {
    this.#change(candidate, -1);
  }

  /** The candidate is taken back. */
  remove(candidate: number): void {
    this.#change(candidate, 1);
  }

  #change(candidate: number, by: 1 | -1): void {
    const { counts } = this;
    for (const { keys, starts, candidates } of this.#holders)
      for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) {
        const value = keys.values[e]!;
        const end = starts[value + 1]!;
        for (let at = starts[value]!; at < end; at++) counts[candidates[at]!]! += by;
      }
  }
}

/** Counting sort. */
function holdersOf(keys: KeyColumn, count: number): Holders {
  const { offsets, values, valueCount } = keys;
  const entries = offsets[count]!;
  const starts = scratchInts(valueCount + 1);
  const candidates = scratchInts(entries);
  for (let e = 0; e < entries; e++) starts[values[e]!]!++;
  for (let v = 1; v < starts.length; v++) starts[v]! += starts[v - 1]!;
  // From the end on, so that each start is where its candidates begin.
  for (let i = count - 1; i >= 0; i--)
    for (let e = offsets[i + 1]! - 1; e >= offsets[i]!; e--) {
      const value = values[e]!;
      starts[value]!--;
      candidates[starts[value]!] = i;
    }
  return { keys, starts, candidates };
}
