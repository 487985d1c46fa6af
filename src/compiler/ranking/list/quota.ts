import type { QuotaConstraint } from "./problem.js";
import { scratchInts } from "./scratch.js";

/**
 * A quota at one of its levels. The even level asks for the j-th member by position ⌈j · top / wanted⌉; the late ones for
 * `wanted`, `wanted` − 1, … members by `top`, whenever.
 */
export interface QuotaLevel {
  readonly members: Uint8Array;
  /** The members, the best first. */
  readonly candidates: Int32Array;
  /** Members that must be in the first positions, not more than there are. */
  readonly wanted: number;
  /** First positions, not more than the list has. */
  readonly top: number;
  readonly isEven: boolean;
}

/**
 * Level 0 is the strictest; each asks for less than the one before.
 * @param candidates those of the quota's members
 */
export function quotaLevel(
  quota: QuotaConstraint,
  length: number,
  level: number,
  candidates = candidatesOf(quota.members),
): QuotaLevel {
  const { members } = quota;
  const top = Math.min(quota.top, length);
  const wanted = Math.min(quota.least, candidates.length, top);
  return level === 0
    ? { members, candidates, wanted, top, isEven: true }
    : { members, candidates, wanted: Math.max(0, wanted - (level - 1)), top, isEven: false };
}

/** The weakest level, which asks for nothing. */
export function weakestQuotaLevel(quota: QuotaConstraint, length: number): number {
  return quotaLevel(quota, length, 0).wanted + 1;
}

/** How many positions from the first the j-th member (1 …) may be at most. */
export function quotaDeadline(level: QuotaLevel, j: number): number {
  return level.isEven ? Math.ceil((j * level.top) / level.wanted) : level.top;
}

/** The candidates of a quota's members, while one list is made. */
export function candidatesOf(members: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < members.length; i++) count += members[i]!;
  const candidates = scratchInts(count);
  for (let i = 0, at = 0; at < count; i++) if (members[i] === 1) candidates[at++] = i;
  return candidates;
}

/**
 * Whether the quota can still be met with `have` members in the first `filled` positions and `left` to come. `taken` says of each
 * number of first positions how many of them wait for a pin that is not a member.
 */
export function quotaHolds(level: QuotaLevel, have: number, filled: number, left: number, taken: Int32Array): boolean {
  const open = level.wanted - have;
  if (open <= 0) return true;
  if (open > left) return false;
  for (let j = have + 1; j <= level.wanted; j++) {
    const deadline = quotaDeadline(level, j);
    const free = deadline <= filled ? deadline - filled : deadline - filled - (taken[deadline]! - taken[filled]!);
    if (free < j - have) return false;
  }
  return true;
}
