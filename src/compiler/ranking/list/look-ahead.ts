import { capacity, type Limit } from "./limit.js";
import type { QuotaLevel } from "./quota.js";

/** Whether pinned candidates that are still to come leave the candidate its position: no window may hold too many of them. */
export function allowsPinsAhead(
  { keys, size, most, permits, tail }: Limit,
  candidate: number,
  position: number,
  list: Int32Array,
  pinned: Int32Array,
): boolean {
  const { offsets, values } = keys;
  const has = (who: number, value: number): boolean => {
    for (let e = offsets[who]!; e < offsets[who + 1]!; e++) if (values[e] === value) return true;
    return false;
  };
  const at = (where: number, value: number): boolean => {
    if (where < 0) return tail[-1 - where]?.includes(value) === true;
    const who = where < position ? list[where]! : where === position ? candidate : pinned[where]!;
    return who >= 0 && has(who, value);
  };
  const reach = Math.min(size, pinned.length + tail.length);
  const lastEnd = Math.min(position + reach, pinned.length) - 1;
  for (let e = offsets[candidate]!; e < offsets[candidate + 1]!; e++) {
    const value = values[e]!;
    const bound = permits === undefined ? most : permits[value]!;
    for (let end = position; end <= lastEnd; end++) {
      let found = 0;
      for (let where = Math.max(end - size + 1, -tail.length); where <= end; where++) if (at(where, value)) found++;
      if (found > bound) return false;
    }
  }
  return true;
}

/** Whether the windows leave the members that a quota still needs their positions before its last deadline. */
export function quotaFits(
  limits: readonly Limit[],
  level: QuotaLevel,
  placed: Uint8Array,
  have: number,
  next: number,
): boolean {
  const needed = level.wanted - have;
  if (needed <= 0) return true;
  for (const limit of limits) {
    if (limit.isMultiple || limit.breaksLeft > 0) continue;
    const { offsets, values } = limit.keys;
    const supply = new Map<number, number>();
    let fitting = 0;
    for (let i = 0; i < placed.length && fitting < needed; i++) {
      if (placed[i] === 1 || level.members[i] === 0) continue;
      const at = offsets[i]!;
      if (at === offsets[i + 1]) {
        fitting++;
        continue;
      }
      const value = values[at]!;
      const space = supply.get(value) ?? Math.max(0, capacity(limit, value, next, level.top));
      if (space > 0) fitting++;
      supply.set(value, space - 1);
    }
    if (fitting < needed) return false;
  }
  return true;
}
