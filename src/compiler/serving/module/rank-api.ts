import type { LeftOut, Refused, ServingRequest } from "./api.js";
import type { AnswerArms, Candidate, RankingName } from "./spec-types.js";

export interface RankRequest extends ServingRequest {
  /** The end of the page before, in its order: windows continue over it, and its items are not shown again. */
  readonly tail?: readonly Partial<Candidate>[];
  /** All that the pages before showed, in its order: items with what rules read of them, or ids. Its end is the tail where there is none. */
  readonly shown?: readonly (Partial<Candidate> | string | number)[];
  /** Which page is asked for, from 1; absent: the one that begins after what `shown`, or else `tail`, holds. */
  readonly page?: number;
  /** Of each candidate, the names of the sources that retrieved it. */
  readonly sources?: readonly (readonly string[])[];
  /**
   * What caps have left (at least 0) and what pacing multiplies by (above 0), by rule and key; absent: no cap holds
   * anything back.
   */
  readonly permits?: {
    readonly held: (rule: string, key: string) => number;
    readonly pace: (rule: string, key: string) => number;
  };
}

/** A rule that could not hold, and how far it did. Positions count from 1. */
export type Relaxed =
  /** Positions whose item is one too many of a value. */
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

export interface RankedList extends AnswerArms {
  readonly kind: "ranked";
  /** In order. `propensity`: with what probability an exploration gave the item its position; absent where none did. */
  readonly items: readonly { readonly id: string; readonly score: number; readonly propensity?: number }[];
  readonly relaxed: readonly Relaxed[];
  /** A search ended for its budget: a better list may exist. */
  readonly searchTruncated: boolean;
  readonly leftOut: readonly LeftOut[];
  /** Candidates that a page before showed: they are left out. */
  readonly alreadyShown: readonly string[];
  /** Candidates that none of the ranking's sources retrieved. */
  readonly unsourced: readonly string[];
  /** Candidates of sources that are not among the first of any of theirs. */
  readonly outranked: readonly string[];
  /** Values that were moved into their range. */
  readonly clamped: number;
  /** Candidates whose formula gave no finite number: they come after all others. */
  readonly nonFinite: readonly string[];
  /** Exposures that the list takes from caps. */
  readonly spent: readonly { readonly rule: string; readonly key: string; readonly count: number }[];
  /** What rules did to a candidate of the last stage. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  /** Candidates of the last stage. */
  readonly considered: readonly string[];
}

export interface ExplainedCandidate {
  readonly id: string;
  /** Absent: not in the list. */
  readonly position?: number;
  /** Its position by score only; absent: a rule took it out. */
  readonly scorePosition?: number;
  readonly removedBy?: string;
  /** The formula's number, before any rule. */
  readonly formulaScore: number;
  readonly score: number;
  readonly steps: readonly {
    readonly rule: string;
    readonly kind: "boost" | "clamp" | "suppress" | "pace";
    readonly factor: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** A rule puts it behind all that none does. */
  readonly demoted: boolean;
  /** Rules without which (all of them taken out) it would have a better position. */
  readonly heldBackBy: readonly string[];
  /** Rules without which (all of them taken out) it would have a worse position, or none. */
  readonly liftedBy: readonly string[];
}

/** Two candidates have one id. */
export interface Duplicate {
  readonly kind: "duplicate";
  readonly id: string;
}

/** A ranking's list; the first ranking of the spec unless another is named. */
export declare function rank(request: RankRequest, ranking?: RankingName): RankedList | Refused | Duplicate;
