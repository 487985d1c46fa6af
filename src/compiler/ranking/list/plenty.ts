import type { Limit } from "./limit.js";
import { mapPacked } from "./packed.js";
import type { KeyColumn } from "./problem.js";
import { scratchFlags, scratchInts, scratchNumbers } from "./scratch.js";

/** A limit with its candidates by their values: those of a value from `starts[value]` up to `starts[value + 1]`. */
interface Holders {
  readonly limit: Limit;
  readonly keys: KeyColumn;
  readonly starts: Int32Array;
  readonly candidates: Int32Array;
  /** Of each value the candidates left, as the numbers of candidates count them. */
  readonly left: Int32Array;
  /** 1 for values of which the next position may have no more, as the numbers of candidates count them. */
  readonly isFull: Uint8Array;
}

/** What each thing that keeps a candidate from the next position takes from its number: more than all that can be left. */
const barrier = 2 ** 40;

/** Numbers up to here are those of candidates that something keeps from the next position. */
export const barred = -(barrier / 2);

/**
 * How many candidates with its values are left to place, of each candidate and over all limits; less by the number of all candidates
 * for one that comes behind all others, and by a {@link barrier} for each full value of a limit that no position may break, and for
 * what is placed. Follows a walk forth and back.
 */
export class Plenty {
  readonly numbers: Float64Array;
  readonly #holders: readonly Holders[];
  /** Candidate and position of the newest step, which the numbers do not have yet; −1: they have all. Most are taken back at once. */
  #late = -1;
  #latePosition = -1;

  /**
   * Begins where the walk is.
   * @param list candidates of the positions that are filled, then −1
   */
  constructor(limits: readonly Limit[], last: Uint8Array | undefined, count: number, list: Int32Array) {
    this.numbers = scratchNumbers(count);
    for (let i = 0; i < count; i++) if (last?.[i] === 1) this.numbers[i] = -count;
    this.#holders = mapPacked(limits, (limit) => holdersOf(limit, count));
    for (const holders of this.#holders)
      for (let v = 0; v < holders.keys.valueCount; v++) follow(this.numbers, holders, v);
    for (let p = 0; p < list.length && list[p]! >= 0; p++) this.bar(list[p]!);
  }

  /** Keeps the candidate from all positions. */
  bar(candidate: number): void {
    this.numbers[candidate]! -= barrier;
  }

  /** The candidate has taken a position, and the limits know. */
  add(candidate: number, position: number, list: Int32Array): void {
    if (this.#late < 0) {
      this.#late = candidate;
      this.#latePosition = position;
      return;
    }
    // The limits are a step further than the one that is late: of both, the numbers get what the limits have now.
    this.catchUp(list);
    this.#add(candidate, position, list);
  }

  /** The candidate is taken back from a position, and the limits know; the list has it yet. */
  remove(candidate: number, position: number, list: Int32Array): void {
    if (this.#late >= 0) {
      this.#late = -1;
      return;
    }
    this.numbers[candidate]! += barrier;
    this.#follow(candidate, position, list);
  }

  /** Before the numbers are read. */
  catchUp(list: Int32Array): void {
    if (this.#late < 0) return;
    this.#add(this.#late, this.#latePosition, list);
    this.#late = -1;
  }

  #add(candidate: number, position: number, list: Int32Array): void {
    this.numbers[candidate]! -= barrier;
    this.#follow(candidate, position, list);
  }

  /** Values of the candidate, and of what enters or leaves the windows when a position is taken. */
  #follow(candidate: number, position: number, list: Int32Array): void {
    const { numbers } = this;
    for (const holders of this.#holders) {
      const { limit } = holders;
      const { offsets, values } = holders.keys;
      for (let e = offsets[candidate]!; e < offsets[candidate + 1]!; e++) follow(numbers, holders, values[e]!);
      if (limit.mayBreak) continue;
      const edge = position - limit.size + 1;
      if (edge >= 0) {
        const there = list[edge]!;
        for (let e = offsets[there]!; e < offsets[there + 1]!; e++) follow(numbers, holders, values[e]!);
      } else {
        const tail = limit.tail[-1 - edge];
        if (tail !== undefined) for (const value of tail) follow(numbers, holders, value);
      }
    }
  }
}

/** Makes the numbers of a value's candidates agree with what its limit has. */
function follow(numbers: Float64Array, { limit, left, isFull, starts, candidates }: Holders, value: number): void {
  const most = limit.permits === undefined ? limit.most : limit.permits[value]!;
  const full = !limit.mayBreak && limit.near[value]! >= most ? 1 : 0;
  const now = limit.left[value]!;
  const change = now - left[value]! + (isFull[value]! - full) * barrier;
  if (change === 0) return;
  left[value] = now;
  isFull[value] = full;
  const end = starts[value + 1]!;
  for (let at = starts[value]!; at < end; at++) numbers[candidates[at]!]! += change;
}

/** Counting sort. */
function holdersOf(limit: Limit, count: number): Holders {
  const { keys } = limit;
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
  return { limit, keys, starts, candidates, left: scratchInts(valueCount), isFull: scratchFlags(valueCount) };
}
