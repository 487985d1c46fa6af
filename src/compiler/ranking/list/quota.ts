import type { QuotaConstraint } from "./problem.js";

/**
 * A quota at one of its levels. The even level asks for the j-th member by position ⌈j · top / wanted⌉; the late ones for
 * `wanted`, `wanted` − 1, … members by `top`, whenever.
 */
export interface QuotaLevel {
  readonly members: Uint8Array;
  /** Members that must be in the first positions, not more than there are. */
  readonly wanted: number;
  /** First positions, not more than the list has. */
  readonly top: number;
  readonly isEven: boolean;
}

/** Level 0 is the strictest; each asks for less than the one before. */
export function quotaLevel(quota: QuotaConstraint, length: number, level: number): QuotaLevel {
  const top = Math.min(quota.top, length);
  const wanted = Math.min(quota.least, membersOf(quota), top);
  return level === 0
    ? { members: quota.members, wanted, top, isEven: true }
    : { members: quota.members, wanted: Math.max(0, wanted - (level - 1)), top, isEven: false };
}

/** The weakest level, which asks for nothing. */
export function weakestQuotaLevel(quota: QuotaConstraint, length: number): number {
  return quotaLevel(quota, length, 0).wanted + 1;
}

/** How many positions from the first the j-th member (1 …) may be at most. */
export function quotaDeadline(level: QuotaLevel, j: number): number {
  return level.isEven ? Math.ceil((j * level.top) / level.wanted) : level.top;
}

export function membersOf(quota: QuotaConstraint): number {
  let members = 0;
  for (const member of quota.members) members += member;
  return members;
}

/** Whether the quota can still be met with `have` members in the first `filled` positions and `left` to come. */
export function quotaHolds(level: QuotaLevel, have: number, filled: number, left: number): boolean {
  const open = level.wanted - have;
  if (open <= 0) return true;
  if (open > left) return false;
  for (let j = have + 1; j <= level.wanted; j++) if (quotaDeadline(level, j) - filled < j - have) return false;
  return true;
}
