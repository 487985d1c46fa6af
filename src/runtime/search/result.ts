/** What a search found. */
import type { EvaluationRole, HeadScores, TrainEvent } from "../events.js";

export const searchMethods = ["tpe", "random", "cma-es"] as const;
export type SearchMethod = (typeof searchMethods)[number];

export interface SearchResult {
  /** The spec that was searched, as it was named. */
  readonly spec: string;
  /** Folder of the search. */
  readonly output: string;
  readonly method: SearchMethod;
  readonly halving: boolean;
  readonly seed: number;
  /** `exhausted`: all points were tried; `time`: the time was over; `interrupted`: a signal ended it. */
  readonly ended: "done" | "exhausted" | "time" | "interrupted";
  /** Trials that were asked for. */
  readonly planned: number;
  readonly objectives: readonly SearchObjective[];
  readonly dimensions: readonly SearchedDimension[];
  /** Those that are over, in their order. */
  readonly trials: readonly SearchTrial[];
  /** Numbers of the trials that no other beats in every objective, by the first one; only with several objectives. */
  readonly front?: readonly number[];
  /** Absent where no trial has a value. */
  readonly best?: BestTrial;
  /** The table of all trials. */
  readonly table: string;
}

export interface SearchObjective {
  readonly metric: string;
  readonly greaterIsBetter: boolean;
}

export interface SearchedDimension {
  readonly name: string;
  /** Of choices. */
  readonly choices?: readonly string[];
  /** Of a range. */
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly whole?: boolean;
  /** The value that the spec has without a search. */
  readonly default: string | number;
}

export interface SearchTrial {
  /** From 1; the first has the defaults. */
  readonly trial: number;
  /** `paused`: halving left it behind, or it was not over when the search ended. */
  readonly state: "done" | "paused" | "failed";
  /** The seed that it was trained with. */
  readonly seed: number;
  /** By dimension: of choices the text, of a range the number. */
  readonly values: Readonly<Record<string, string | number>>;
  /** By objective; null where it has none. */
  readonly objectives: readonly (number | null)[];
  /** All that was measured on validation data. */
  readonly heads: HeadScores;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  /** Of a failed one. */
  readonly code?: string;
  readonly reason?: string;
}

export interface BestTrial extends Pick<SearchTrial, "trial" | "values" | "objectives" | "heads"> {
  /** The spec with its values. */
  readonly file: string;
  /** What it changes in the spec that was searched, as a unified diff. */
  readonly patch: string;
  /** The model of that spec, trained again; absent where the search ended before. */
  readonly artifact?: string;
  /** What that model was measured on at the end: test data, else validation data. */
  readonly evaluation?: {
    readonly role: EvaluationRole;
    readonly heads: HeadScores;
  };
}

/** What a search tells while it goes. */
export type SearchEvent =
  | TrainEvent
  | {
      readonly kind: "searchStarted";
      readonly planned: number;
      /** Trainings that an earlier call left. */
      readonly known: number;
      readonly dimensions: number;
      readonly workers: number;
    }
  | {
      readonly kind: "trialEvent";
      readonly trial: number;
      readonly event: TrainEvent;
    }
  | {
      readonly kind: "trial";
      readonly trial: SearchTrial;
      readonly finished: number;
      readonly best?: SearchTrial;
    }
  | { readonly kind: "trainingBest"; readonly trial: number };
