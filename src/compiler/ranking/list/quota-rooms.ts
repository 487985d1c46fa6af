import { capacity, type Limit } from "./limit.js";
import type { QuotaLevel } from "./quota.js";
import { scratchInts } from "./scratch.js";

/** Positions that a quota's members may still take of each value, and by which computation: scratch of {@link fitsUnder}. */
let spaces = new Int32Array(0);
let computed = new Float64Array(0);
let computations = 0;

/** Whether the windows leave the members that quotas still need their positions before the last deadline: of one walk. */
export class QuotaRooms {
  readonly #limits: readonly Limit[];
  readonly #quotas: readonly QuotaLevel[];
  /** Of each quota and limit, the number of filled positions at which whole windows had room for what is needed, −1: they had not. */
  readonly #from: Int32Array;
  /** The step that had filled the last of them, and what the whole windows held. */
  readonly #step: Int32Array;
  readonly #whole: Int32Array;

  constructor(limits: readonly Limit[], quotas: readonly QuotaLevel[]) {
    this.#limits = limits;
    this.#quotas = quotas;
    this.#from = scratchInts(limits.length * quotas.length).fill(-1);
    this.#step = scratchInts(limits.length * quotas.length);
    this.#whole = scratchInts(limits.length * quotas.length);
  }

  /**
   * Whether they do for quota `q`, with `have` members before position `next`.
   * @param placed 1 for candidates before it
   * @param steps of each number of filled positions, which step filled the last of them: no two steps have the same number
   */
  fit(q: number, placed: Uint8Array, have: number, next: number, steps: Int32Array): boolean {
    const level = this.#quotas[q]!;
    const needed = level.wanted - have;
    if (needed <= 0) return true;
    for (let i = 0; i < this.#limits.length; i++) {
      const limit = this.#limits[i]!;
      if (limit.isMultiple || limit.breaksLeft > 0) continue;
      if (!this.#hasRoom(q, i, placed, needed, next, steps) && !fitsUnder(limit, level, placed, needed, next))
        return false;
    }
    return true;
  }

  /**
   * Whether whole windows before the last deadline hold enough by themselves. A further position takes at most one member, and then
   * one less is needed: what held goes on to hold until there is a whole window less.
   */
  #hasRoom(q: number, i: number, placed: Uint8Array, needed: number, next: number, steps: Int32Array): boolean {
    const at = q * this.#limits.length + i;
    const { size, most, permits } = this.#limits[i]!;
    const level = this.#quotas[q]!;
    const whole = permits === undefined ? Math.floor((level.top - next) / size) * most : 0;
    if (whole <= 0) return false;
    const from = this.#from[at]!;
    if (from >= 0 && from <= next && this.#whole[at] === whole && this.#step[at] === steps[from]) return true;
    if (!fitsUnder(this.#limits[i]!, level, placed, needed, next, whole)) return false;
    this.#from[at] = next;
    this.#step[at] = steps[next]!;
    this.#whole[at] = whole;
    return true;
  }
}

/**
 * Whether a limit leaves the `needed` members that are not placed their positions before the last deadline, from `next` on.
 * @param room positions for each value; undefined: as many as the limit has for it
 */
export function fitsUnder(
  limit: Limit,
  level: QuotaLevel,
  placed: Uint8Array,
  needed: number,
  next: number,
  room?: number,
): boolean {
  const { offsets, values, valueCount } = limit.keys;
  const { candidates } = level;
  if (valueCount > spaces.length) {
    spaces = new Int32Array(2 * valueCount);
    computed = new Float64Array(2 * valueCount);
  }
  computations++;
  let fitting = 0;
  for (let m = 0; m < candidates.length && fitting < needed; m++) {
    const candidate = candidates[m]!;
    if (placed[candidate] === 1) continue;
    const at = offsets[candidate]!;
    if (at === offsets[candidate + 1]) {
      fitting++;
      continue;
    }
    const value = values[at]!;
    if (computed[value] !== computations) {
      computed[value] = computations;
      spaces[value] = room ?? Math.min(needed, Math.max(0, capacity(limit, value, next, level.top)));
    }
    if (spaces[value]! > 0) {
      fitting++;
      spaces[value]!--;
    }
  }
  return fitting >= needed;
}
