import {
  candidateLimit,
  type CapConstraint,
  type KeyColumn,
  type ListProblem,
  type WindowConstraint,
} from "./problem.js";
import { scratchFlags, scratchInts } from "./scratch.js";

/** A window or a cap with the state of a search: how often each value is near the position that is next. */
export interface Limit {
  readonly keys: KeyColumn;
  /** Positions of a window; a cap's is longer than any list. */
  readonly size: number;
  readonly most: number;
  /** A cap's own bound for each value. */
  readonly permits?: Float64Array;
  /** Whether some candidate has several values. */
  readonly isMultiple: boolean;
  readonly tail: readonly (readonly number[])[];
  /** Values by how many candidates have them, the most first. */
  readonly bySupply: Int32Array;
  /** 1 for values of what is pinned in a walk. */
  readonly isPinned: Uint8Array;
  /** How many candidates have each value. */
  readonly supply: Int32Array;
  /** How many candidates, only those with the flag `last`, have each value as their first. */
  readonly firsts: Int32Array;
  readonly lastFirsts: Int32Array;
  /** How many candidates have no value; of these, those with the flag `last`. */
  readonly free: number;
  readonly lastFree: number;

  /** Positions that may still break it. */
  breaksLeft: number;
  /** Whether any position of the walk may. */
  mayBreak: boolean;
  /** Occurrences of each value within the size − 1 positions before the next one. */
  readonly near: Int32Array;
  /** Entry of a value's newest occurrence, −1 for none; entries of the tail come after those of the candidates. */
  readonly newest: Int32Array;
  /** The occurrence before an entry's own. */
  readonly earlier: Int32Array;
  readonly positionOf: Int32Array;
  /** Candidates still to be placed that have each value; as their first value; of these, those with the flag `last`. */
  readonly left: Int32Array;
  readonly firstLeft: Int32Array;
  readonly lastFirstLeft: Int32Array;
  /** Candidates without a value still to be placed; of these, those with the flag `last`. */
  freeLeft: number;
  lastFreeLeft: number;
  /** What {@link hasRoom} found to hold, and for how many filled positions (−1: nothing); the same under more positions. */
  roomFrom: number;
  roomWhole: number;
  roomBreaks: number;
  roomLast: boolean;
}

const endless = 1 << 29;

export function createLimit(constraint: WindowConstraint | CapConstraint, problem: ListProblem): Limit {
  const { keys } = constraint;
  const { offsets, values, valueCount } = keys;
  const { count, last } = problem;
  const supply = scratchInts(valueCount);
  const firsts = scratchInts(valueCount);
  const lastFirsts = scratchInts(valueCount);
  let isMultiple = false;
  let [free, lastFree] = [0, 0];
  for (let i = 0; i < count; i++) {
    const from = offsets[i]!;
    const to = offsets[i + 1]!;
    if (from === to) {
      free++;
      if (last?.[i] === 1) lastFree++;
      continue;
    }
    const first = values[from]!;
    firsts[first]!++;
    if (last?.[i] === 1) lastFirsts[first]!++;
    if (to > from + 1) isMultiple = true;
    for (let e = from; e < to; e++) supply[values[e]!] = supply[values[e]!]! + 1;
  }
  const isWindow = "size" in constraint;
  const tail = isWindow ? constraint.tail.slice(0, constraint.size - 1) : [];
  const tailEntries = tail.reduce((sum, each) => sum + each.length, 0);
  const entries = offsets[count]! + tailEntries;
  return {
    keys,
    size: isWindow ? constraint.size : endless,
    most: isWindow ? constraint.most : 0,
    ...(isWindow ? {} : { permits: constraint.permits }),
    isMultiple,
    tail,
    bySupply: valuesBySupply(supply),
    isPinned: scratchFlags(valueCount),
    supply,
    firsts,
    lastFirsts,
    free,
    lastFree,
    breaksLeft: 0,
    mayBreak: false,
    near: scratchInts(valueCount),
    newest: scratchInts(valueCount),
    earlier: scratchInts(entries),
    positionOf: scratchInts(entries),
    left: scratchInts(valueCount),
    firstLeft: scratchInts(valueCount),
    lastFirstLeft: scratchInts(valueCount),
    freeLeft: 0,
    lastFreeLeft: 0,
    roomFrom: -1,
    roomWhole: 0,
    roomBreaks: 0,
    roomLast: false,
  };
}

/** Counting sort: supplies are at most the number of candidates. */
function valuesBySupply(supply: Int32Array): Int32Array {
  let greatest = 0;
  for (let v = 0; v < supply.length; v++) greatest = Math.max(greatest, supply[v]!);
  const starts = scratchInts(greatest + 2);
  for (let v = 0; v < supply.length; v++) {
    const at = greatest - supply[v]! + 1;
    starts[at]!++;
  }
  for (let s = 1; s < starts.length; s++) starts[s]! += starts[s - 1]!;
  const order = scratchInts(supply.length);
  for (let v = 0; v < supply.length; v++) {
    const at = greatest - supply[v]!;
    order[starts[at]!] = v;
    starts[at]!++;
  }
  return order;
}

/** Back to the state before the first position. */
export function resetLimit(limit: Limit, { count }: Pick<ListProblem, "count">): void {
  const { keys, tail, near, newest } = limit;
  near.fill(0);
  newest.fill(-1);
  limit.left.set(limit.supply);
  limit.firstLeft.set(limit.firsts);
  limit.lastFirstLeft.set(limit.lastFirsts);
  limit.freeLeft = limit.free;
  limit.lastFreeLeft = limit.lastFree;
  limit.roomFrom = -1;
  limit.isPinned.fill(0);
  let entry = keys.offsets[count]!;
  for (let back = tail.length - 1; back >= 0; back--)
    for (const value of tail[back] ?? []) occur(limit, value, entry++, -1 - back);
}

/** The candidate is pinned somewhere. */
export function markPinned({ keys, isPinned }: Limit, candidate: number): void {
  for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) isPinned[keys.values[e]!] = 1;
}

function occur(limit: Limit, value: number, entry: number, position: number): void {
  limit.near[value]!++;
  limit.earlier[entry] = limit.newest[value]!;
  limit.positionOf[entry] = position;
  limit.newest[value] = entry;
}

/** Whether the candidate may appear at the next position, for what is before it. */
export function allows(limit: Limit, candidate: number): boolean {
  const { offsets, values } = limit.keys;
  const end = offsets[candidate + 1]!;
  for (let e = offsets[candidate]!; e < end; e++) {
    const value = values[e]!;
    const most = limit.permits === undefined ? limit.most : limit.permits[value]!;
    if (limit.near[value]! >= most) return false;
  }
  return true;
}

/** The candidate takes `position`, the next one. */
export function occupy(limit: Limit, candidate: number, position: number, list: Int32Array, isLast: boolean): void {
  const { offsets, values } = limit.keys;
  const from = offsets[candidate]!;
  const end = offsets[candidate + 1]!;
  if (from === end) {
    limit.freeLeft--;
    if (isLast) limit.lastFreeLeft--;
  } else {
    const first = values[from]!;
    limit.firstLeft[first]!--;
    if (isLast) limit.lastFirstLeft[first]!--;
    for (let e = from; e < end; e++) {
      const value = values[e]!;
      limit.left[value]!--;
      occur(limit, value, e, position);
    }
  }
  expire(limit, position - limit.size + 1, list, -1);
}

/** Undoes {@link occupy}, the newest first. */
export function vacate(limit: Limit, candidate: number, position: number, list: Int32Array, isLast: boolean): void {
  if (position < limit.roomFrom) limit.roomFrom = -1;
  expire(limit, position - limit.size + 1, list, 1);
  const { offsets, values } = limit.keys;
  const from = offsets[candidate]!;
  const end = offsets[candidate + 1]!;
  if (from === end) {
    limit.freeLeft++;
    if (isLast) limit.lastFreeLeft++;
    return;
  }
  const first = values[from]!;
  limit.firstLeft[first]!++;
  if (isLast) limit.lastFirstLeft[first]!++;
  for (let e = end - 1; e >= from; e--) {
    const value = values[e]!;
    limit.left[value]!++;
    limit.near[value]!--;
    limit.newest[value] = limit.earlier[e]!;
  }
}

/** What is at `position` enters (1) or leaves (−1) the positions that the window still sees. */
function expire(limit: Limit, position: number, list: Int32Array, by: 1 | -1): void {
  if (position >= 0) {
    const { offsets, values } = limit.keys;
    const candidate = list[position]!;
    const end = offsets[candidate + 1]!;
    for (let e = offsets[candidate]!; e < end; e++) {
      const value = values[e]!;
      limit.near[value]! += by;
    }
  } else {
    const values = limit.tail[-1 - position];
    if (values !== undefined) for (const value of values) limit.near[value]! += by;
  }
}

/** Positions of the newest occurrences of a value, the newest first: scratch of {@link capacity}. */
const recent = new Int32Array(2 * candidateLimit);

/** Whether no position from `next` on has an occurrence of the value in its window. */
function isFar({ newest, positionOf, size }: Limit, value: number, next: number): boolean {
  const entry = newest[value]!;
  return entry < 0 || positionOf[entry]! + size <= next;
}

/** How many candidates with a value whose occurrences are far so many positions can hold at most. */
function capacityWhenFar({ size, most }: Limit, positions: number): number {
  return Math.floor(positions / size) * most + Math.min(positions % size, most);
}

/** How many candidates with the value the positions from `next` up to `end` (not included) can hold at most. */
export function capacity(limit: Limit, value: number, next: number, end: number): number {
  const positions = end - next;
  if (limit.permits !== undefined) return Math.min(positions, limit.permits[value]! - limit.near[value]!);
  const { size, most } = limit;
  if (isFar(limit, value, next)) return capacityWhenFar(limit, positions);
  let entry = limit.newest[value]!;
  // The j-th new occurrence is at least `size` after the j-th of the newest `most`; from then on every `size` positions.
  let known = 0;
  while (entry >= 0 && known < most) {
    recent[known++] = limit.positionOf[entry]!;
    entry = limit.earlier[entry]!;
  }
  let total = 0;
  let at = next - 1;
  for (let j = 0; j < most; j++) {
    const old = most - 1 - j;
    at = Math.max(at + 1, old < known ? recent[old]! + size : next);
    if (at >= end) break;
    total += 1 + Math.floor((end - 1 - at) / size);
  }
  return total;
}

/**
 * Whether what is left may still fill the positions from `next` to `length`, as many of them broken as may be: a necessary
 * condition. Each candidate counts for its first value; of a value no more are unbroken than its capacity, and those over
 * what the whole windows of the rest hold are in the positions before these. With several values per candidate, no value
 * may be forced beyond its capacity either. `isLast` says that only candidates with the flag `last` remain.
 */
export function canFill(limit: Limit, next: number, length: number, remaining: number, isLast: boolean): boolean {
  const needed = length - next - limit.breaksLeft;
  if (needed <= 0) return true;
  if (!hasRoom(limit, next, length, isLast) && !fillsUnbroken(limit, next, length, isLast)) return false;
  return !limit.isMultiple || isLast || !isForced(limit, next, length, remaining);
}

/**
 * Whether the whole windows of the rest hold enough by themselves, wherever values occurred before: every value's capacity is at
 * least what they hold of it. A further position takes one candidate and needs one less, so that what held goes on to hold
 * until there is a whole window less or a broken position more.
 */
function hasRoom(limit: Limit, next: number, length: number, isLast: boolean): boolean {
  const { bySupply, breaksLeft } = limit;
  const positions = length - next;
  const whole = limit.permits === undefined ? Math.floor(positions / limit.size) * limit.most : 0;
  if (limit.roomFrom >= 0 && limit.roomWhole === whole && limit.roomBreaks === breaksLeft && limit.roomLast === isLast)
    return true;
  const needed = positions - breaksLeft;
  const firstLeft = isLast ? limit.lastFirstLeft : limit.firstLeft;
  let room = isLast ? limit.lastFreeLeft : limit.freeLeft;
  if (whole > 0)
    for (let i = 0; i < bySupply.length && room < needed; i++) room += Math.min(firstLeft[bySupply[i]!]!, whole);
  if (room < needed) return false;
  limit.roomFrom = next;
  limit.roomWhole = whole;
  limit.roomBreaks = breaksLeft;
  limit.roomLast = isLast;
  return true;
}

/** Whether so many positions may be unbroken that no more are broken than may be. */
export function fillsUnbroken(limit: Limit, next: number, length: number, isLast: boolean): boolean {
  const { bySupply, size, most } = limit;
  const positions = length - next;
  const needed = positions - limit.breaksLeft;
  const isWindow = limit.permits === undefined;
  const whole = isWindow ? Math.floor(positions / size) * most : 0;
  const rest = isWindow ? positions % size : positions;
  const free = isLast ? limit.lastFreeLeft : limit.freeLeft;
  const firstLeft = isLast ? limit.lastFirstLeft : limit.firstLeft;
  const far = isWindow ? capacityWhenFar(limit, positions) : 0;
  const farRest = isWindow ? capacityWhenFar(limit, rest) : 0;
  let based = free;
  let over = 0;
  for (let i = 0; i < bySupply.length && based + Math.min(over, rest) < needed; i++) {
    const value = bySupply[i]!;
    const left = firstLeft[value]!;
    if (left <= 0) continue;
    const isNear = !isWindow || !isFar(limit, value, next);
    const fitting = Math.min(left, isNear ? Math.max(0, capacity(limit, value, next, length)) : far);
    const base = Math.min(fitting, whole);
    based += base;
    if (fitting <= base) continue;
    const room = !isWindow ? rest : isNear ? Math.max(0, capacity(limit, value, next, next + rest)) : farRest;
    over += Math.min(fitting - base, room);
  }
  return based + Math.min(over, rest) >= needed;
}

/** Whether some value has so many candidates that more of them must be in the list than can be. */
function isForced(limit: Limit, next: number, length: number, remaining: number): boolean {
  const { bySupply } = limit;
  const spare = remaining - (length - next);
  for (let i = 0; i < bySupply.length; i++) {
    const value = bySupply[i]!;
    if (limit.supply[value]! <= spare) break;
    const forced = limit.left[value]! - spare;
    if (forced - limit.breaksLeft > Math.max(0, capacity(limit, value, next, length))) return true;
  }
  return false;
}
