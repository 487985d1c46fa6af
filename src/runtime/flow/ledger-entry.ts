import { blockSize } from "./lease.js";
import type { CapPolicy } from "./permits.js";
import type { LeaseAnswer } from "./stores/store.js";

/** What one server knows of one counter. */
export interface LedgerEntry {
  readonly policy: CapPolicy;
  readonly key: string;
  /** When the window ends, in milliseconds since 1970. */
  readonly ends: number;
  /**
   * What this session has spent in all. Until the first answer, what it has spent since the entry was made: the session
   * may have had an entry of this counter before.
   */
  spent: number;
  /** Held for lists of which it is not known yet what was shown; part of `granted`, or of `allowance`. */
  reserved: number;
  /** What the store has granted to the session in all; less is never spent of. */
  granted: number;
  /** The part of `spent` that the store has confirmed. */
  confirmed: number;
  /** Of the newest call about this counter; older answers are out of date. */
  sequence: number;
  /** The newest answer, and when it came. */
  answer: LeaseAnswer | undefined;
  answeredAt: number;
  /** Permits beyond the granted ones, while the store cannot be reached. */
  allowance: number;
  /** When an item was last shown on it. */
  usedAt: number;
  /** A ranking has looked at it since the last call. */
  asked: boolean;
}

export function createEntry(policy: CapPolicy, key: string, ends: number, now: number): LedgerEntry {
  return {
    policy,
    key,
    ends,
    spent: 0,
    reserved: 0,
    granted: 0,
    confirmed: 0,
    sequence: 0,
    answer: undefined,
    answeredAt: 0,
    allowance: 0,
    usedAt: now,
    asked: false,
  };
}

/** Takes in the answer to the entry's newest call. */
export function takeAnswer(entry: LedgerEntry, answer: LeaseAnswer, now: number): void {
  // A first call reports nothing: its answer tells what an earlier entry of this session had spent.
  if (entry.answer === undefined) entry.spent += answer.spent;

  entry.answer = answer;
  entry.answeredAt = now;
  entry.granted = answer.granted;
  entry.confirmed = answer.spent;
}

/** What a call reports: see {@link takeAnswer}. */
export function reportOf(entry: LedgerEntry): number {
  return entry.answer === undefined ? 0 : entry.spent;
}

/** Permits that no session held when the store last answered. */
export function remainingOf({ answer }: LedgerEntry): number {
  return answer === undefined ? 0 : Math.max(0, answer.total.limit - answer.total.granted);
}

export function blockOf(entry: LedgerEntry): number {
  return blockSize(remainingOf(entry), entry.answer?.servers ?? 1);
}

/** Permits that can be spent at once: an integer ≥ 0. */
export function atHand(entry: LedgerEntry, storeDown: boolean): number {
  if (entry.answer === undefined) return storeDown ? Math.max(0, entry.allowance - entry.spent - entry.reserved) : 0;
  if (entry.policy.count === "served")
    return Math.max(0, entry.granted + (storeDown ? entry.allowance : 0) - entry.spent - entry.reserved);
  const unconfirmed = entry.spent - entry.confirmed;
  if (storeDown) return Math.max(0, entry.allowance - unconfirmed);
  return Math.max(0, entry.policy.limit - entry.answer.total.spent - unconfirmed);
}

/** Permits that asking the store may grant at best. */
export function atBest(entry: LedgerEntry): number {
  if (entry.answer === undefined) return entry.policy.limit;
  return atHand(entry, false) + (entry.policy.count === "served" ? remainingOf(entry) : 0);
}

/**
 * The store cannot be reached: a cap that allows it goes on with its share of what remained, divided among the servers
 * there were, so that all together stay within the share.
 */
export function takeAllowance(entry: LedgerEntry): void {
  const { down, count } = entry.policy;
  if (down.kind === "closed" || entry.answer === undefined) return;
  const { limit, granted, spent } = entry.answer.total;
  const remained = Math.max(0, limit - (count === "served" ? granted : spent));
  entry.allowance = Math.floor((down.share * remained) / entry.answer.servers);
}

/**
 * The same for a server that has had no answer at all since it started: it knows neither what remains nor how many
 * servers there are, and takes the limit and `servers` for them.
 */
export function takeBlindAllowance(entry: LedgerEntry, servers: number): void {
  const { down, limit } = entry.policy;
  if (down.kind === "closed" || entry.answer !== undefined) return;
  entry.allowance = Math.floor((down.share * limit) / servers);
}
