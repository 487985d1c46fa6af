import type { Gains } from "../order/gain.js";
import { allows, canFill, markPinned, occupy, resetLimit, vacate, type Limit } from "./limit.js";
import { allowsPin, allowsPinsAhead, type Positions } from "./look-ahead.js";
import { mapPacked } from "./packed.js";
import { barred, Plenty } from "./plenty.js";
import type { ListProblem, Relaxation } from "./problem.js";
import { quotaHolds, quotaLevel, type QuotaLevel } from "./quota.js";
import { QuotaRooms } from "./quota-rooms.js";
import { scratchFlags, scratchInts, scratchNumbers } from "./scratch.js";
import type { Twins } from "./twins.js";

/** Candidates that are passed over together where none of them can have the greatest gain. */
const block = 256;

/** In which order a walk tries the candidates of a position. */
export type Preference =
  /** The list's own: by gain where variety chooses, else the order of the candidates. */
  | "list"
  /** Those whose values are the most that is left to place: for finding any list at all. */
  | "plenty"
  /** Those that break the fewest windows, the strongest first: what a greedy list takes. */
  | "fewest";

/** A list on its way, position by position, with the state that its rules need. */
export interface Walk {
  /** Candidates so far, −1 on open positions. */
  readonly list: Int32Array;
  /** Positions that are filled. */
  readonly filled: () => number;
  /** The candidate to try at the next position after `tried` (−1: the first), or −1: none is left. */
  readonly choose: (tried: number, preference: Preference) => number;
  readonly put: (candidate: number) => void;
  /** Takes the newest candidate back. */
  readonly take: () => number;
  /** Whether what is left may still fill the list: a necessary condition. */
  readonly stays: () => boolean;
}

export interface WalkOptions {
  readonly problem: ListProblem;
  readonly limits: readonly Limit[];
  /** Of each quota, the candidates that are members. */
  readonly members: readonly Int32Array[];
  /** Whether the walk follows limits that every position may break, which keep nothing from it: for all orders but the list's own. */
  readonly followsAll: boolean;
  readonly gains: Gains | undefined;
  readonly relaxation: Relaxation;
  /** Of each limit, what a position that breaks it counts against one that breaks another. */
  readonly weights: readonly number[];
  /** Undefined while no walk has turned back. */
  readonly twins: () => Twins | undefined;
}

export function startWalk(options: WalkOptions): Walk {
  return new ListWalk(options);
}

class ListWalk implements Walk {
  readonly list: Int32Array;
  private readonly limits: readonly Limit[];
  private readonly gains: Gains | undefined;
  private readonly weights: readonly number[];
  private readonly twins: () => Twins | undefined;
  /** Candidates of the request, and which of them may only follow all others. */
  private readonly count: number;
  private readonly last: Uint8Array | undefined;
  private readonly length: number;
  private readonly gainTop: number;
  private readonly placed: Uint8Array;
  private readonly quotas: readonly QuotaLevel[];
  /** Of each quota, the members in the list and those that are left. */
  private readonly have: Int32Array;
  private readonly membersLeft: Int32Array;
  /** Of each position and limit, whether its item broke it. */
  private readonly broken: Uint8Array;
  /** What is pinned waits outside of the chain of candidates. */
  private readonly pinned: Int32Array;
  private readonly isPinned: Uint8Array;
  private lastPin = -1;
  /** What waits, for looking ahead. */
  private readonly positions: Positions;
  /** Of each quota, how many of the first positions wait for a pin that is not a member. */
  private readonly taken: readonly Int32Array[];
  /** The candidates that are left, in order: after[count] is the first. */
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  /** Of each block of candidates, at least the bound of every gain of those that are left in it. */
  private readonly blockBounds: Float64Array;
  /** Made when it is first asked for. */
  private plenty: Plenty | undefined;
  private readonly rooms: QuotaRooms;
  /** Of each number of filled positions, which step filled the last of them. */
  private readonly steps: Int32Array;
  private step = 0;
  private next = 0;
  private firstLast: number;

  constructor({ problem, limits: all, members, followsAll, gains, relaxation, weights, twins }: WalkOptions) {
    const { count, last } = problem;
    const { length } = relaxation;
    const isFollowed = (i: number): boolean => followsAll || !(relaxation.breaks[i]! >= length);
    const limits = all.filter((_, i) => isFollowed(i));
    this.limits = limits;
    this.gains = gains;
    this.weights = weights.filter((_, i) => isFollowed(i));
    this.twins = twins;
    this.count = count;
    this.last = last;
    this.length = length;
    this.firstLast = length;
    this.gainTop = problem.diversity?.top ?? 0;
    this.list = scratchInts(length).fill(-1);
    this.placed = scratchFlags(count);
    this.quotas = mapPacked(problem.quotas, (quota, i) => quotaLevel(quota, length, relaxation.quotas[i]!, members[i]));
    this.have = new Int32Array(this.quotas.length);
    this.membersLeft = Int32Array.from(this.quotas, ({ candidates }) => candidates.length);
    this.rooms = new QuotaRooms(limits, this.quotas);
    this.steps = scratchInts(length + 1);
    this.broken = scratchFlags(limits.length * length);
    this.pinned = scratchInts(length).fill(-1);
    this.isPinned = scratchFlags(count);
    this.after = scratchInts(count + 1);
    this.before = scratchInts(count + 1);
    all.forEach((limit, i) => {
      if (!isFollowed(i)) return;
      limit.breaksLeft = relaxation.breaks[i] ?? 0;
      limit.mayBreak = limit.breaksLeft > 0;
      resetLimit(limit, problem);
    });
    gains?.reset();
    this.blockBounds = scratchNumbers(gains === undefined ? 0 : Math.ceil(count / block)).fill(Infinity);
    problem.pins.forEach(({ candidate, position }, i) => {
      if (relaxation.pins[i] === 0) return;
      this.pinned[position] = candidate;
      this.isPinned[candidate] = 1;
      for (const limit of limits) markPinned(limit, candidate);
      this.lastPin = Math.max(this.lastPin, position);
    });
    const pins = problem.pins.flatMap(({ position }, i) => (relaxation.pins[i] === 0 ? [] : [position]));
    this.positions = { list: this.list, pinned: this.pinned, pins: pins.sort((a, b) => a - b) };
    this.taken = mapPacked(this.quotas, ({ members }) => {
      const taken = scratchInts(length + 1);
      for (let p = 0; p < length; p++)
        taken[p + 1] = taken[p]! + (this.pinned[p]! >= 0 && members[this.pinned[p]!] === 0 ? 1 : 0);
      return taken;
    });
    this.chain();
  }

  /** Links the candidates that are not pinned. */
  private chain(): void {
    const { count, after, before } = this;
    let end = count;
    for (let i = 0; i < count; i++) {
      if (this.isPinned[i] === 1) continue;
      after[end] = i;
      before[i] = end;
      end = i;
    }
    after[end] = count;
    before[count] = end;
  }

  filled(): number {
    return this.next;
  }

  stays(): boolean {
    if (this.next === 0 && !this.allowsPins()) return false;
    const isLast = this.firstLast < this.next;
    const remaining = this.count - this.next;
    for (let i = 0; i < this.limits.length; i++)
      if (!canFill(this.limits[i]!, this.next, this.length, remaining, isLast)) return false;
    for (let q = 0; q < this.quotas.length; q++) {
      const level = this.quotas[q]!;
      const left = isLast ? 0 : this.membersLeft[q]!;
      if (!quotaHolds(level, this.have[q]!, this.next, left, this.taken[q]!)) return false;
      if (isLast || this.twins() === undefined) continue;
      if (!this.rooms.fit(q, this.placed, this.have[q]!, this.next, this.steps)) return false;
    }
    return true;
  }

  /** Whether no window holds too many of those that are pinned. */
  private allowsPins(): boolean {
    const { pins, pinned } = this.positions;
    return pins.every((position) =>
      this.limits.every(
        (limit) => limit.breaksLeft > 0 || allowsPin(limit, pinned[position]!, position, this.positions),
      ),
    );
  }

  private fits(candidate: number): boolean {
    const isLast = this.last?.[candidate] === 1;
    if (isLast ? this.next < this.lastPin : this.firstLast < this.next) return false;
    for (let i = 0; i < this.limits.length; i++) {
      const limit = this.limits[i]!;
      if (limit.breaksLeft > 0) continue;
      if (!allows(limit, candidate)) return false;
      if (this.next < this.lastPin && !allowsPinsAhead(limit, candidate, this.next, this.positions)) return false;
    }
    return true;
  }

  put(candidate: number): void {
    const isLast = this.last?.[candidate] === 1;
    this.list[this.next] = candidate;
    this.placed[candidate] = 1;
    if (this.isPinned[candidate] === 0) {
      this.after[this.before[candidate]!] = this.after[candidate]!;
      this.before[this.after[candidate]!] = this.before[candidate]!;
    }
    for (let i = 0; i < this.limits.length; i++) {
      const limit = this.limits[i]!;
      const breaks = limit.breaksLeft > 0 && !allows(limit, candidate);
      this.broken[this.next * this.limits.length + i] = breaks ? 1 : 0;
      if (breaks) limit.breaksLeft--;
      occupy(limit, candidate, this.next, this.list, isLast);
    }
    for (let q = 0; q < this.quotas.length; q++)
      if (this.quotas[q]!.members[candidate] === 1) {
        this.membersLeft[q]!--;
        if (this.next < this.quotas[q]!.top) this.have[q]!++;
      }
    if (isLast && this.firstLast === this.length) this.firstLast = this.next;
    if (this.next < this.gainTop) this.gains?.add(candidate);
    this.plenty?.add(candidate, this.next, this.list);
    this.next++;
    this.steps[this.next] = ++this.step;
  }

  take(): number {
    this.next--;
    const candidate = this.list[this.next]!;
    if (this.next < this.gainTop) this.gains?.remove();
    this.blockBounds.fill(Infinity);
    if (this.firstLast === this.next) this.firstLast = this.length;
    for (let q = 0; q < this.quotas.length; q++)
      if (this.quotas[q]!.members[candidate] === 1) {
        this.membersLeft[q]!++;
        if (this.next < this.quotas[q]!.top) this.have[q]!--;
      }
    for (let i = this.limits.length - 1; i >= 0; i--) {
      const limit = this.limits[i]!;
      vacate(limit, candidate, this.next, this.list, this.last?.[candidate] === 1);
      if (this.broken[this.next * this.limits.length + i] === 1) limit.breaksLeft++;
    }
    if (this.isPinned[candidate] === 0) {
      this.after[this.before[candidate]!] = candidate;
      this.before[this.after[candidate]!] = candidate;
    }
    this.placed[candidate] = 0;
    this.plenty?.remove(candidate, this.next, this.list);
    this.list[this.next] = -1;
    return candidate;
  }

  choose(tried: number, preference: Preference): number {
    const pin = this.pinned[this.next]!;
    if (pin >= 0) return tried < 0 && this.fits(pin) ? pin : -1;
    if (preference === "plenty") return this.choosePlenty(tried, (this.plenty ??= this.countPlenty()));
    if (preference === "fewest") return this.chooseUnbroken(tried);
    if (this.next < this.gainTop && this.gains !== undefined) return this.chooseGain(this.gains, tried);
    for (let i = this.after[tried < 0 ? this.count : tried]!; i < this.count; i = this.after[i]!)
      if (!this.hasBetterTwin(i) && this.fits(i)) return i;
    return -1;
  }

  /** Whether a candidate that no rule can tell from it is ready: where that one failed, this one does. */
  private hasBetterTwin(candidate: number): boolean {
    const twin = this.twins()?.better(candidate) ?? -1;
    return twin >= 0 && this.placed[twin] === 0 && this.isPinned[twin] === 0;
  }

  /** By the greatest gain, then in order; gains whose bounds are too low are not computed. */
  private chooseGain(gains: Gains, tried: number): number {
    const { bounds } = gains;
    const bound = tried < 0 ? Infinity : gains.at(tried);
    let best = -1;
    let greatest = -Infinity;
    // Not along the chain, whose links would be waited for.
    for (let b = 0, from = 0; b < this.blockBounds.length; b++, from += block) {
      if (best >= 0 && this.blockBounds[b]! <= greatest) continue;
      const to = Math.min(from + block, this.count);
      let most = -Infinity;
      for (let i = from; i < to; i++) {
        if (this.placed[i] === 1 || this.isPinned[i] === 1) continue;
        if (!(best >= 0 && bounds[i]! <= greatest)) {
          const gain = gains.at(i);
          const isNext = gain < bound || (gain === bound && i > tried);
          if (isNext && (best < 0 || gain > greatest) && this.fits(i)) [best, greatest] = [i, gain];
        }
        if (bounds[i]! > most) most = bounds[i]!;
      }
      this.blockBounds[b] = most;
    }
    return best;
  }

  private countPlenty(): Plenty {
    const plenty = new Plenty(this.limits, this.last, this.count, this.list);
    for (let i = 0; i < this.count; i++) if (this.isPinned[i] === 1) plenty.bar(i);
    return plenty;
  }

  /** By the greatest number of candidates with its values that are left to place, then in order. */
  private choosePlenty(tried: number, plenty: Plenty): number {
    plenty.catchUp(this.list);
    const { numbers } = plenty;
    const bound = tried < 0 ? Infinity : numbers[tried]!;
    let best = -1;
    let greatest = barred;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i]!;
      if (value <= greatest || value > bound || (value === bound && i <= tried)) continue;
      if (!this.hasBetterTwin(i) && this.fits(i)) [best, greatest] = [i, value];
    }
    return best;
  }

  /** By the fewest windows that it breaks, the strongest first, then in order. */
  private chooseUnbroken(tried: number): number {
    const bound = tried < 0 ? Infinity : this.unbroken(tried, -Infinity);
    let best = -1;
    let greatest = -Infinity;
    for (let i = this.after[this.count]!; i < this.count && greatest < 0; i = this.after[i]!) {
      const value = this.unbroken(i, greatest);
      if (value > bound || (value === bound && i <= tried) || (best >= 0 && value <= greatest)) continue;
      if (!this.hasBetterTwin(i) && this.fits(i)) [best, greatest] = [i, value];
    }
    return best;
  }

  /** 0 for a candidate that breaks no window here, else less by the weights of those that it breaks, until that is `floor` or less. */
  private unbroken(candidate: number, floor: number): number {
    let sum = 0;
    for (let i = 0; i < this.limits.length && sum > floor; i++) {
      const limit = this.limits[i]!;
      if (limit.breaksLeft > 0 && !allows(limit, candidate)) sum -= this.weights[i]!;
    }
    return sum;
  }
}
