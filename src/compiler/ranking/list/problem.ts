/**
 * What the list builder works on: candidates as numbers 0 … n − 1 in their total order (0 is the best), values of
 * attributes as small integers. No text, no names of a spec other than for reports.
 */

/** The values of one key for every candidate: `values[offsets[i]]` up to `offsets[i + 1]`, ascending, without repeats. */
export interface KeyColumn {
  readonly offsets: Int32Array;
  /** Each in [0, valueCount). A candidate without a value is free of every rule on this key. */
  readonly values: Int32Array;
  readonly valueCount: number;
}

/** What happens when a hard window leaves no list of full length. */
export type Otherwise = "shorten" | "relax" | "refuse";

export type Strength =
  | { readonly kind: "hard"; readonly otherwise: Otherwise }
  /** Relaxed before any of a higher priority is. */
  | { readonly kind: "soft"; readonly priority: number };

/** Every `size` consecutive positions hold at most `most` candidates with the same value. */
export interface WindowConstraint {
  readonly name: string;
  readonly most: number;
  readonly size: number;
  readonly keys: KeyColumn;
  /** Values of the positions before the list, the nearest first: the end of the page before. */
  readonly tail: readonly (readonly number[])[];
  readonly strength: Strength;
}

/** The whole list holds at most `permits[v]` candidates with the value v. Never relaxed. */
export interface CapConstraint {
  readonly name: string;
  readonly keys: KeyColumn;
  readonly permits: Float64Array;
}

/**
 * At least `least` members among the first `top` positions, or all there are. A hard one is relaxed after all that is soft: a
 * shorter list would not meet it; where it says `refuse`, there is no list then.
 */
export interface QuotaConstraint {
  readonly name: string;
  /** 1 for members; none of them is `last`. */
  readonly members: Uint8Array;
  readonly least: number;
  readonly top: number;
  readonly strength: Strength;
}

/** The candidate is at the position (0 is the first). */
export interface PinConstraint {
  readonly name: string;
  readonly candidate: number;
  readonly position: number;
}

/** How alike two candidates are, in [−1, 1]. */
export type Similarity =
  /** The dot product of rows, of unit length for cosines. A row of zeros is like no other. */
  | { readonly kind: "vectors"; readonly rows: Float64Array; readonly dimension: number }
  /** Shared values over all values of the two (Jaccard). */
  | { readonly kind: "keys"; readonly keys: KeyColumn };

/** Chooses by what a candidate adds to those before it, in the first `top` positions. */
export interface Diversity {
  readonly name: string;
  /** `mmr`: weight · relevance − (1 − weight) · greatest similarity. `dpp`: see {@link createGains}. */
  readonly kind: "mmr" | "dpp";
  /** λ of mmr in [0, 1], θ of dpp in [0, 1). */
  readonly weight: number;
  /** In [0, 1]. */
  readonly relevance: Float64Array;
  readonly similarity: Similarity;
  readonly top: number;
}

export interface ListProblem {
  /** At most {@link candidateLimit}. */
  readonly count: number;
  /** Positions to fill. */
  readonly length: number;
  /** 1 for a candidate that no other candidate may come after. */
  readonly last?: Uint8Array;
  readonly windows: readonly WindowConstraint[];
  readonly caps: readonly CapConstraint[];
  readonly quotas: readonly QuotaConstraint[];
  readonly pins: readonly PinConstraint[];
  readonly diversity?: Diversity;
  /**
   * Positions that one search over 200 to 1,000 candidates may fill beyond those of its list; in proportion more over fewer
   * and fewer over more. All searches of a list together may fill eight times as many.
   */
  readonly budget: number;
}

/** Candidates of a request. */
export const candidateLimit = 10_000;

/** Rules of a rank. */
export const ruleLimit = 64;

/** Default of {@link ListProblem.budget}. */
export const defaultBudget = 1_000;

/** What was relaxed, and how far. Positions count from 1. */
export type Relaxed =
  /** Positions whose item is one too many of a value: see {@link windowBreaks}. */
  | { readonly kind: "window"; readonly rule: string; readonly positions: readonly number[] }
  | { readonly kind: "pin"; readonly rule: string; readonly position: number }
  /** Of `wanted` members, `kept` are in the first positions; `late` says that their even deadlines did not hold. */
  | {
      readonly kind: "quota";
      readonly rule: string;
      readonly wanted: number;
      readonly kept: number;
      readonly late: boolean;
    }
  /** The rules leave no longer list. */
  | { readonly kind: "short"; readonly rules: readonly string[]; readonly wanted: number; readonly length: number }
  /** A rule that would rather have no list than a short one. */
  | { readonly kind: "refused"; readonly rules: readonly string[] };

export interface BuiltList {
  /** Candidates, position by position. */
  readonly list: Int32Array;
  readonly relaxed: readonly Relaxed[];
  /** Whether a search ended for its budget: a better list may exist. */
  readonly searchTruncated: boolean;
  /** Positions filled, over all searches. */
  readonly nodes: number;
}

/** How far one search relaxes what may be relaxed. */
export interface Relaxation {
  /** Positions of the list. */
  readonly length: number;
  /** For each window, how many positions may break it. */
  readonly breaks: Int32Array;
  /** For each quota, its level: see {@link quotaLevel}. */
  readonly quotas: Int32Array;
  /** For each pin, whether it is kept (1). */
  readonly pins: Uint8Array;
}
