import type { Otherwise } from "./problem.js";

/** Seconds are too coarse for a campaign's first exposure: times are milliseconds since 1970 in UTC. [from, to). */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

interface PlannedBase {
  /** Unique in the plan; `home.brands` where two sets of rules have the same name. */
  readonly name: string;
  /** The rule holds for candidates of which this condition is true: an index for {@link RankInput.condition}. */
  readonly when?: number;
  /** Outside of it the rule does nothing. */
  readonly during?: TimeWindow;
}

/**
 * A rule as the engine runs it. `onMissing` says what a condition of a missing value counts as: `true` fails closed.
 */
export type PlannedRule =
  | (PlannedBase & { readonly verb: "dedupe"; readonly key: string })
  | (PlannedBase & { readonly verb: "drop"; readonly onMissing: boolean })
  /** `by` > 0. The product of a candidate's boosts is clamped to the plan's bounds. */
  | (PlannedBase & { readonly verb: "boost"; readonly by: number; readonly onMissing: boolean })
  /** `by` in [0, 1), or behind all others. */
  | (PlannedBase & { readonly verb: "suppress"; readonly by: number | "last"; readonly onMissing: boolean })
  | (PlannedBase & { readonly verb: "cap"; readonly key: string })
  /** Multiplies by what the controller of the key says. */
  | (PlannedBase & { readonly verb: "pace"; readonly key: string })
  /** `place` counts from 1. */
  | (PlannedBase & { readonly verb: "pin"; readonly place: number })
  | (PlannedBase & {
      readonly verb: "explore";
      readonly least: number;
      readonly top: number;
      readonly draw: ExploreDraw;
    })
  | (PlannedBase & {
      readonly verb: "spread";
      readonly key: string;
      readonly most: number;
      readonly size: number;
      readonly strength:
        { readonly kind: "hard"; readonly otherwise: Otherwise } | { readonly kind: "soft"; readonly priority: number };
    })
  | (PlannedBase & {
      readonly verb: "mmr" | "dpp";
      readonly weight: number;
      /** Vectors, or values that are shared or not. */
      readonly similarity: { readonly kind: "vectors" | "keys"; readonly name: string };
      /** Places chosen by it; none: all. */
      readonly top?: number;
    });

/** Which members of a class take its places. */
export type ExploreDraw =
  | { readonly kind: "best" }
  /** Each of the quota's places goes to the best member, or with probability `epsilon` to any. */
  | { readonly kind: "epsilon"; readonly epsilon: number }
  /** By a draw from Beta(1 + successes, 1 + trials − successes), numbers of the candidate. */
  | { readonly kind: "thompson"; readonly successes: string; readonly trials: string };

/** A `rank` declaration, resolved. Stages run in their order, whatever the order of the rules. */
export interface RankPlan {
  readonly name: string;
  readonly top: number;
  /** At most {@link ruleLimit}. */
  readonly rules: readonly PlannedRule[];
  readonly boostBounds: readonly [number, number];
  readonly budget: number;
}

/** Bounds of the product of boosts where no rule declares others. */
export const defaultBoostBounds: readonly [number, number] = [0.1, 10];

/** What a condition says of a candidate. */
export const conditionFalse = 0;
export const conditionTrue = 1;
/** It reads something that is missing. */
export const conditionMissing = 2;

/** The values of a key for every candidate, with the texts or numbers that they stand for. */
export interface KeyTable {
  /** `numbers[offsets[i]]` up to `offsets[i + 1]` are those of candidate i: indexes into `values`, ascending, no repeats. */
  readonly offsets: Int32Array;
  readonly numbers: Int32Array;
  readonly values: readonly (string | number | boolean)[];
}

/** One request, as columns over its candidates after validation. Everything that a result depends on. */
export interface RankInput {
  readonly request: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** Unique. */
  readonly ids: readonly string[];
  /** What the formula gives. Not finite: behind all others, and flagged. */
  readonly scores: Float64Array;
  /** Tie keys, greater first. */
  readonly ties: readonly Float64Array[];
  /** For each candidate one of {@link conditionFalse}, {@link conditionTrue}, {@link conditionMissing}. */
  readonly condition: (index: number) => Uint8Array;
  readonly key: (name: string) => KeyTable;
  readonly number: (name: string) => Float64Array;
  readonly vectors: (name: string) => { readonly rows: Float64Array; readonly dimension: number };
  /** The end of the page before: of each place the values of a key, the nearest first. */
  readonly tail: (key: string) => readonly (readonly (string | number | boolean)[])[];
  /** Exposures that the snapshot still holds for a value of a cap's key. */
  readonly permits: (rule: string, value: string | number | boolean) => number;
  /** The multiplier of a pace rule for a value, > 0. */
  readonly pace: (rule: string, value: string | number | boolean) => number;
}
