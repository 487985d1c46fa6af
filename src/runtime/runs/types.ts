/** What several trainings of one spec are asked to do, what they tell, and what they found. */
import type { EpochRecord, EvaluationRole, HeadScores, Measured, TrainEvent, TrainSummary } from "../events.js";
import type { ValueSummary } from "../statistics/index.js";

/** What tells a run apart from the others of its spec. */
export interface RunSettings {
  /** In [0, 2³²). */
  readonly seed: number;
  /** Numbers in place of the spec's, by name; see `variableNumbers`. Default: none. */
  readonly numbers?: RunNumbers;
}

export type RunNumbers = Readonly<Record<string, number>>;

/** Which artifacts stay: that of the best run, those of all runs, or none. */
export type Keep = "best" | "all" | "none";

/** A run that is over: trained to its end, or ended by a loss that was not finite. */
export type RunResult = TrainedRun | FailedRun;

interface RunOfMany extends RunSettings {
  /** From 1, in the order in which the runs were asked for. */
  readonly run: number;
}

export interface TrainedRun extends RunOfMany {
  readonly summary: TrainSummary;
  readonly history: readonly EpochRecord[];
  /** The kept weights, measured: on test data, else on validation data; absent without either. */
  readonly evaluation?: { readonly role: EvaluationRole } & Measured;
  /** Directory of its artifact, where it is kept. */
  readonly artifact?: string;
}

export interface FailedRun extends RunOfMany {
  readonly failure: { readonly code: string; readonly message: string };
}

/** One metric over the runs of one setting of the numbers. */
export interface MetricOfRuns extends ValueSummary {
  /** In the order of the setting's `runs`; null where the run failed or the metric is undefined. */
  readonly values: readonly (number | null)[];
}

/** The runs that differ only by their seed. */
export interface RunsOfSetting {
  readonly numbers: RunNumbers;
  readonly runs: readonly number[];
  /** What the metrics were measured on; absent where nothing was. */
  readonly role?: EvaluationRole;
  /** By head and metric. */
  readonly heads: Readonly<Record<string, Readonly<Record<string, MetricOfRuns>>>>;
}

export interface BestRun {
  readonly run: number;
  /** What it is the best by: a metric as `auc(ctr)` or what early stopping watches, and on which data. */
  readonly by: string;
  readonly value: number;
}

export interface RunsResult {
  /** `interrupted`: the signal fired; `runs` are those that were over. */
  readonly ended: "done" | "interrupted";
  /** Runs that were asked for. */
  readonly planned: number;
  readonly runs: readonly RunResult[];
  readonly settings: readonly RunsOfSetting[];
  /** Absent where no run has what it is chosen by. */
  readonly best?: BestRun;
  /** Where `runs.json` and the artifacts are. */
  readonly output?: string;
}

/** What many runs tell while they go: what one tells before the first step, and then each run what it does. */
export type RunsEvent =
  | TrainEvent
  | {
      readonly kind: "runsStarted";
      readonly planned: number;
      /** Of these, how many an earlier call had finished. */
      readonly finished: number;
      /** Runs side by side. */
      readonly workers: number;
    }
  | { readonly kind: "run"; readonly run: number; readonly seed: number; readonly event: TrainEvent }
  | { readonly kind: "runFinished"; readonly result: RunResult };

export function isTrained(run: RunResult): run is TrainedRun {
  return "summary" in run;
}

/** The scores of a run; none where it failed or nothing was measured. */
export function scoresOf(run: RunResult): HeadScores {
  return isTrained(run) ? (run.evaluation?.heads ?? {}) : {};
}
