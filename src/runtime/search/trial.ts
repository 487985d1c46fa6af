/** A trial: what it is given, and what becomes of it. All of it can be cloned and written as JSON. */
import type { HeadScores } from "../events.js";
import type { TrainOptions } from "../jobs/train-options.js";

/** What all trials of a search share. */
export interface TrialSetup extends Pick<
  TrainOptions,
  "spec" | "train" | "validation" | "engine" | "products" | "cacheLimit"
> {}

/** One training. */
export interface TrialJob {
  /** The spec's files with the trial's values in the place of their searches, those that change; by path. */
  readonly texts: Readonly<Record<string, string>>;
  /** Where its checkpoints are, and its artifact when it is done; absent: nowhere. */
  readonly output?: string;
  /** The share of the planned steps after whose next evaluation the trial pauses, with a checkpoint to go on from; absent: it is done. */
  readonly share?: number;
}

/** What a training came to. */
export type TrialOutcome =
  | {
      /** `paused`: it can be gone on with. */
      readonly state: "done" | "paused";
      /** The kept weights on validation data; of a paused trial what would be kept by then. */
      readonly heads: HeadScores;
      readonly epochs: number;
      readonly steps: number;
      readonly seconds: number;
    }
  | {
      readonly state: "failed";
      /** The code of the error. */
      readonly code: string;
      readonly reason: string;
      readonly seconds: number;
    };
