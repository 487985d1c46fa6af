/** What tuning found: plain values, as views and programs read them. */
import type { Interval } from "../statistics/interval.js";
import type { HeldOut } from "./log/split.js";
import type { OffPolicyEstimate } from "./off-policy.js";

export const tuneMethods = ["grid", "survey", "stacking", "cma-es", "nsga2"] as const;
export type TuneMethod = (typeof tuneMethods)[number];

export interface TuneResult {
  readonly spec: string;
  /** The ranking or the formula that was tuned. */
  readonly target: { readonly kind: "rank" | "fusion"; readonly name: string };
  readonly method: TuneMethod | "ask-tell";
  readonly seed: number;
  readonly trials: number;
  readonly seconds: number;
  /** Whether it was stopped before its budget was spent. */
  readonly interrupted: boolean;
  readonly log: LogSummary;
  readonly params: readonly ParamResult[];
  /** Why the scale of the formula says nothing, where it does. */
  readonly anchor?: { readonly name: string; readonly value: number; readonly link: "log" | "identity" };
  readonly objectives: readonly ObjectiveResult[];
  readonly guards: readonly GuardResult[];
  /** Whether the proposal keeps every guard. */
  readonly feasible: boolean;
  /** With several objectives: what none of the trials beats. */
  readonly front?: FrontResult;
  readonly sensitivity: readonly SensitivityResult[];
  readonly offPolicy?: OffPolicyEstimate;
  /** Unified diff of the spec; empty when production is the proposal. */
  readonly patch: string;
  /** Whether the patch was applied to the spec. */
  readonly written: boolean;
  /** Files that were written: charts. */
  readonly files: readonly string[];
}

export interface LogSummary {
  readonly files: readonly string[];
  readonly rows: number;
  readonly requests: number;
  readonly users: number;
  /** Candidates that serving would leave out. */
  readonly leftOut: number;
  /** Of each column that is measured, how many rows have no value: they are not part of what is measured of it. */
  readonly missing: readonly { readonly column: string; readonly rows: number }[];
  /** Of each column that `ndcg` reads, how many rows have a gain below 0, which counts as 0. */
  readonly negativeGains: readonly { readonly column: string; readonly rows: number }[];
  /** Absent where the log has too few users to hold some out. */
  readonly holdout?: { readonly rows: number; readonly requests: number; readonly users: number } & HeldOut;
}

export interface ParamResult {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly production: number;
  readonly proposed: number;
  /** What a fit gave before it was moved into the range. */
  readonly fitted?: number;
}

/** A figure on the slice that was learned from, and on the one that was held out. */
export interface Figures {
  readonly train: number;
  readonly holdout?: number;
}

export interface ObjectiveResult {
  readonly text: string;
  readonly production: Figures;
  readonly proposed: Figures;
  /**
   * Proposed less production on the held-out slice, with its interval by users, where 20 users or more are measured there.
   * Without such a slice the difference is that on the log that the search saw, which no interval can judge: there is none.
   */
  readonly difference: { readonly value: number; readonly interval?: Interval };
}

export interface GuardResult {
  readonly text: string;
  readonly production: Figures;
  readonly proposed: Figures;
  readonly holds: boolean;
}

export interface FrontResult {
  readonly points: readonly {
    readonly params: Readonly<Record<string, number>>;
    readonly objectives: readonly number[];
    readonly knee: boolean;
    readonly proposed: boolean;
  }[];
  /** Objectives of the trials that some point of the front beats, and of those that break a guard. */
  readonly beaten: readonly (readonly number[])[];
  readonly broken: readonly (readonly number[])[];
  /** What the front gains over production, as the product of the objectives' gains. */
  readonly hypervolume: Figures;
}

export interface SensitivityResult {
  readonly param: string;
  /** The first objective along the parameter's range, the others as proposed. */
  readonly points: readonly { readonly value: number; readonly objective: number }[];
  /** Largest less smallest; 0: the parameter does not change the objective. */
  readonly spread: number;
}
