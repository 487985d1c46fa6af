import type { Limit } from "./limit.js";

/** What a list has at its positions while it is made. */
export interface Positions {
  /** Candidates so far. */
  readonly list: Int32Array;
  /** Candidates that wait for their position; −1 for the others. */
  readonly pinned: Int32Array;
  /** The positions of these, ascending. */
  readonly pins: readonly number[];
}

/**
 * Whether pinned candidates that are still to come leave the candidate its position: no window may hold too many of them. The
 * limit allows the candidate for what is before it.
 */
export function allowsPinsAhead(limit: Limit, candidate: number, position: number, positions: Positions): boolean {
  const { keys, most, permits, isPinned } = limit;
  for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) {
    const value = keys.values[e]!;
    if (isPinned[value] === 0 || !isAhead(limit, value, position, positions)) continue;
    if (!allowsValue(limit, value, candidate, position, permits === undefined ? most : permits[value]!, positions))
      return false;
  }
  return true;
}

/** Whether the page before and those that are pinned after it leave a pinned candidate its position. */
export function allowsPin(limit: Limit, candidate: number, position: number, positions: Positions): boolean {
  const { keys, most, permits, tail } = limit;
  for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) {
    const value = keys.values[e]!;
    if (tail.length === 0 && !isAhead(limit, value, position, positions)) continue;
    if (!allowsValue(limit, value, candidate, position, permits === undefined ? most : permits[value]!, positions))
      return false;
  }
  return true;
}

/** Whether a candidate with the value is pinned to a position that a window with this one in it reaches; without one, what is before decides. */
function isAhead({ keys, size }: Limit, value: number, position: number, { pinned, pins }: Positions): boolean {
  for (const pin of pins) if (pin > position && pin < position + size && has(keys, pinned[pin]!, value)) return true;
  return false;
}

function has({ offsets, values }: Limit["keys"], candidate: number, value: number): boolean {
  for (let e = offsets[candidate]!; e < offsets[candidate + 1]!; e++) if (values[e] === value) return true;
  return false;
}

/** Without a closure or an object of a call: it is asked for most candidates that are tried before the last pin. */
function allowsValue(
  { keys, size, tail }: Limit,
  value: number,
  candidate: number,
  position: number,
  bound: number,
  { list, pinned }: Positions,
): boolean {
  const reach = Math.min(size, pinned.length + tail.length);
  const lastEnd = Math.min(position + reach, pinned.length) - 1;
  for (let end = position; end <= lastEnd; end++) {
    let found = 0;
    for (let where = Math.max(end - size + 1, -tail.length); where <= end; where++) {
      if (where < 0) {
        if (tail[-1 - where]?.includes(value) === true) found++;
        continue;
      }
      const who = where < position ? list[where]! : where === position ? candidate : pinned[where]!;
      if (who >= 0 && has(keys, who, value)) found++;
    }
    if (found > bound) return false;
  }
  return true;
}
