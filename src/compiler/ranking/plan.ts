import type { Strength } from "./list/problem.js";

/** A rule is there while from ≤ now < to, in seconds since 1970. */
export interface PlannedWindow {
  readonly from: number;
  readonly to: number;
}

/** Names of inputs whose values together are the key. */
export type PlannedKey = readonly string[];

/** A whole number ≥ 1, or a formula of the request that is rounded to one: an index into {@link RankPlan.formulas}. */
export type PlannedCount = number | { readonly formula: number };

/** A number, or a formula of the candidate: an index into {@link RankPlan.formulas}. */
export type PlannedNumber = number | { readonly formula: number };

/** Positions count over all pages of a request; where a rule says so, again on each page. */
interface PlannedPositions {
  readonly eachPage: boolean;
}

interface PlannedBase {
  /** Unique in the plan: with the name of its set, `home.brands`. */
  readonly name: string;
  /** The rule holds for candidates of which this formula is true: an index into {@link RankPlan.formulas}. */
  readonly when?: number;
  /** What a condition counts as where it is unknown; `true` fails closed. */
  readonly onUnknown: boolean;
  readonly during?: PlannedWindow;
}

/** A rule as the engine runs it. */
export type PlannedRule =
  | (PlannedBase & { readonly verb: "dedupe"; readonly key: PlannedKey })
  | (PlannedBase & { readonly verb: "drop" })
  /** `by` > 0. The product of a set's boosts is clamped to the set's bounds. */
  | (PlannedBase & { readonly verb: "boost"; readonly by: PlannedNumber; readonly set: number })
  | (PlannedBase & {
      readonly verb: "suppress";
      readonly effect:
        | { readonly kind: "factor"; readonly by: PlannedNumber }
        /** Behind all others. */
        | { readonly kind: "last" }
        | { readonly kind: "drop" };
    })
  | (PlannedBase & { readonly verb: "cap"; readonly key: PlannedKey })
  /** Multiplies by what the controller of the key says. */
  | (PlannedBase & { readonly verb: "pace"; readonly key: PlannedKey })
  /** `position` counts from 1. */
  | (PlannedBase & PlannedPositions & { readonly verb: "pin"; readonly position: number })
  | (PlannedBase &
      PlannedPositions & {
        readonly verb: "explore";
        readonly least: PlannedCount;
        readonly top: PlannedCount;
        readonly draw: ExploreDraw;
        readonly priority: Strength;
      })
  | (PlannedBase & {
      readonly verb: "spread";
      readonly key: PlannedKey;
      readonly most: PlannedCount;
      readonly size: PlannedCount;
      readonly priority: Strength;
    })
  | (PlannedBase &
      PlannedPositions & {
        readonly verb: "mmr" | "dpp";
        readonly weight: number;
        readonly similarity: { readonly name: string; readonly measure: "cosine" | "dot" | "equal" | "jaccard" };
        /** Positions chosen by it; none: all. */
        readonly top?: PlannedCount;
      });

/** Which members of a class take its positions. Numbers are formulas of the candidate. */
export type ExploreDraw =
  | { readonly kind: "best" }
  /** Each of the quota's positions goes to the best member, or with probability `epsilon` to any. */
  | { readonly kind: "epsilon"; readonly epsilon: number }
  /** By a draw from Beta(1 + successes, 1 + trials − successes). */
  | { readonly kind: "thompson"; readonly successes: number; readonly trials: number };

/** A score, and how many of the best by it go on. */
export interface PlannedStage {
  readonly top: number;
  readonly by: number;
}

export interface PlannedSource {
  readonly name: string;
  readonly top?: number;
  readonly by?: number;
}

/** A `rank` declaration, resolved. What the engine runs, and what the standalone module carries. */
export interface RankPlan<F = unknown> {
  readonly name: string;
  /** Every formula that the ranking reads, each once; the plan names them by their index. */
  readonly formulas: readonly F[];
  /** Empty: the request's candidates as they are. */
  readonly sources: readonly PlannedSource[];
  /** Before the last, over which the rules work. */
  readonly stages: readonly PlannedStage[];
  /** Positions of the list. */
  readonly top: number;
  readonly score: number;
  readonly ties: readonly { readonly by: number; readonly ascending: boolean }[];
  /** At most {@link ruleLimit}. The engine has its own order of stages. */
  readonly rules: readonly PlannedRule[];
  /** Of each set of rules, what the product of its boosts is clamped to. */
  readonly boostBounds: readonly (readonly [number, number])[];
  readonly budget: number;
}

export type KeyValue = string | number | boolean;

/** The values of a key for every candidate, with what they stand for. */
export interface KeyTable {
  /** `numbers[offsets[i]]` up to `offsets[i + 1]` are those of candidate i: each in [0, valueCount), ascending, no repeats. */
  readonly offsets: Int32Array;
  readonly numbers: Int32Array;
  readonly valueCount: number;
  /** What the numbers stand for; made when it is asked for. */
  readonly values: () => readonly KeyValue[];
  /** What one number stands for. */
  readonly valueOf: (number: number) => KeyValue;
}

/** Items that pages before showed. */
export interface ShownItems {
  readonly count: number;
  /** Of each the values of an input. */
  readonly values: (name: string) => readonly (readonly KeyValue[])[];
  /** Of each a condition: 1, 0, and NaN where it is unknown. */
  readonly condition: (formula: number) => Float64Array;
}

/** What a cap or a pace asks of the outside: a snapshot, so that a request sees one state. */
export interface PermitSnapshot {
  /** Exposures that may still be given; `key` is the JSON array of the key's values, `["a"]`. */
  readonly held: (rule: string, key: string) => number;
  /** The controller's multiplier, > 0. */
  readonly pace: (rule: string, key: string) => number;
  /** Every cap holds all that is asked for, and every multiplier is 1: nobody need ask. */
  readonly isBoundless?: true;
}

/** Of a request that no cap holds back. */
export const boundless: PermitSnapshot = { held: () => Infinity, pace: () => 1, isBoundless: true };

/** One request, as columns over its candidates after validation. Everything that a result depends on. */
export interface RankInput {
  readonly request: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** Unique. */
  readonly ids: readonly string[];
  /** A formula's numbers, NaN where they are missing; of a condition 1, 0, and NaN where it is unknown. */
  readonly number: (formula: number) => Float64Array;
  /** The same in a column that holds them only until a formula is asked for again; it may be longer than the candidates are many. */
  readonly passing: (formula: number) => Float64Array;
  /** Values of an input. */
  readonly key: (name: string) => KeyTable;
  /**
   * Tables of keys of several parts that were made, by their names as JSON. The request itself has them: what a weak map has of
   * it would be copied by the next collection of the young as if it were used.
   */
  readonly tuples: Map<string, KeyTable>;
  /** An input's vector of each candidate; undefined where it is missing. */
  readonly vectors: (name: string) => {
    readonly rows: readonly (ArrayLike<number> | undefined)[];
    readonly dimension: number;
  };
  /** Positions on the pages before: what rules count positions from. */
  readonly offset: number;
  /** The end of the page before, which windows look back on; the nearest first. */
  readonly tail: ShownItems;
  /** What the pages before showed, as far as the request says it. */
  readonly shown: ShownItems;
  readonly permits: PermitSnapshot;
}
