import { mapPacked } from "./packed.js";
import type { KeyColumn, ListProblem } from "./problem.js";
import { scratchInts } from "./scratch.js";

/**
 * Candidates that no rule can tell apart: the same values under every window and cap, in the same quotas, both or neither
 * `last`. When one of a kind cannot appear at a position, none can. Candidates are looked at as they are asked for: a search rarely
 * comes to the end of them.
 */
export class Twins {
  readonly #keys: readonly KeyColumn[];
  readonly #flags: Uint8Array[];
  /** Of each candidate that was looked at, the next better one of its kind, or −1. */
  readonly #better: Int32Array;
  readonly #hashes: Int32Array;
  /** Open addressing, at most half full: the newest of a kind, and 1 more. */
  readonly #slots: Int32Array;
  #known = 0;

  constructor({ count, last, windows, caps, quotas }: ListProblem) {
    this.#keys = mapPacked([...windows, ...caps], ({ keys }) => keys);
    this.#flags = last === undefined ? [] : [last];
    for (const { members } of quotas) this.#flags.push(members);
    this.#better = scratchInts(count);
    this.#hashes = scratchInts(count);
    this.#slots = scratchInts(2 ** Math.ceil(Math.log2(2 * count + 2)));
  }

  /** The next better candidate of its kind, or −1. */
  better(candidate: number): number {
    while (this.#known <= candidate) this.#look(this.#known++);
    return this.#better[candidate]!;
  }

  #look(candidate: number): void {
    const hash = this.#hash(candidate);
    this.#hashes[candidate] = hash;
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const newest = this.#slots[slot]! - 1;
      if (newest < 0 || (this.#hashes[newest] === hash && this.#isAlike(newest, candidate))) {
        this.#better[candidate] = newest;
        this.#slots[slot] = candidate + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }

  #hash(candidate: number): number {
    let hash = 0;
    for (let f = 0; f < this.#flags.length; f++) hash = (hash << 1) | this.#flags[f]![candidate]!;
    for (let k = 0; k < this.#keys.length; k++) {
      const { offsets, values } = this.#keys[k]!;
      const end = offsets[candidate + 1]!;
      for (let e = offsets[candidate]!; e < end; e++) hash = Math.imul(hash ^ (values[e]! + 1), 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    }
    return hash;
  }

  #isAlike(one: number, other: number): boolean {
    for (let f = 0; f < this.#flags.length; f++) if (this.#flags[f]![one] !== this.#flags[f]![other]) return false;
    for (let k = 0; k < this.#keys.length; k++) {
      const { offsets, values } = this.#keys[k]!;
      const [from, against] = [offsets[one]!, offsets[other]!];
      const own = offsets[one + 1]! - from;
      if (own !== offsets[other + 1]! - against) return false;
      for (let e = 0; e < own; e++) if (values[from + e] !== values[against + e]) return false;
    }
    return true;
  }
}
