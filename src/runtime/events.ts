import type { Diagnostic } from "../compiler/diagnostics/index.js";
import type { ContinuedIds, DataProgress, DataRole, EncodingReport } from "./data/index.js";
import type { EngineName } from "./engine/engine.js";
import type { StepProgress } from "./train/loop.js";
import type { UndefinedMetrics } from "./measure/undefined-metrics.js";

/** What a run tells while it goes; typed values, never text for people. */
export type TrainEvent =
  | { readonly kind: "warning"; readonly diagnostic: Diagnostic }
  | {
      readonly kind: "engine";
      readonly engine: EngineName;
      /** One line for people: version, threads, XLA or not. */
      readonly description: string;
      /** How to get the fast engine; absent when it runs. */
      readonly notice?: string;
    }
  | ({ readonly kind: "data" } & DataProgress)
  | { readonly kind: "encoded"; readonly role: DataRole; readonly report: EncodingReport }
  | {
      readonly kind: "started";
      readonly rows: Readonly<Record<DataRole, number>>;
      /** Begun in all; the last one may end early where the spec counts steps. */
      readonly epochs: number;
      readonly batch: number;
      readonly steps: number;
      /** Trained numbers, embeddings included. */
      readonly parameters: number;
      /** Set when the run goes on from a checkpoint. */
      readonly resumed?: { readonly step: number; readonly epoch: number };
    }
  /** Trees begin to grow; an epoch is then a round. */
  | {
      readonly kind: "growing";
      readonly rows: Readonly<Record<DataRole, number>>;
      readonly tasks: number;
      /** The most of a task. */
      readonly rounds: number;
    }
  | ({ readonly kind: "warmStarted" } & WarmStartReport)
  | ({ readonly kind: "continued" } & ContinuedReport)
  /** Before the first step, for which the engine compiles the graph: it neither reports nor ends until that is done. */
  | { readonly kind: "compiling" }
  | { readonly kind: "compiled"; readonly seconds: number }
  | ({ readonly kind: "progress"; readonly epochs: number } & StepProgress)
  | { readonly kind: "evaluating"; readonly role: EvaluationRole; readonly rows: number }
  | { readonly kind: "epoch"; readonly record: EpochRecord; readonly epochs: number }
  /** An evaluation within an epoch. */
  | { readonly kind: "validated"; readonly record: EpochRecord; readonly epochs: number }
  | { readonly kind: "checkpoint"; readonly step: number; readonly directory: string }
  | { readonly kind: "finished"; readonly summary: TrainSummary }
  | { readonly kind: "saved"; readonly directory: string };

/** What a run loaded from an artifact, by the logical names of tensors. */
export interface WarmStartReport {
  readonly artifact: string;
  readonly transferred: readonly string[];
  /** Those that start from their initial values. */
  readonly initialized: readonly string[];
  /** Of tables that were transferred row by row, how many rows the artifact knew. */
  readonly transferredRows: Readonly<Record<string, number>>;
}

/** What became of the ids of the artifact that a run continues. */
export interface ContinuedReport {
  readonly artifact: string;
  /** Continued runs so far, this one included. */
  readonly runs: number;
  readonly ids: Readonly<Record<string, ContinuedIds>>;
}

export type EvaluationRole = Exclude<DataRole, "train">;

/** Metrics of each head, by metric; a metric that is undefined on these rows is left out. */
export type HeadScores = Readonly<Record<string, HeadMetrics>>;

/** What was measured, and what could not be. */
export interface Measured {
  /** Tasks and chains by name. */
  readonly heads: HeadScores;
  /** Metrics that the spec asks for and that have no value here, with the reason; absent when each has one. */
  readonly undefinedMetrics?: readonly UndefinedMetrics[];
}

/** `rows` counts the rows of the head's sample space with a known label. */
export type HeadMetrics = { readonly rows: number } & { readonly [metric: string]: number };

/** One finished epoch, what training took of its last one, or an evaluation within one. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly step: number;
  /** Mean training losses of the epoch up to there, by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** Absent when there is nothing to evaluate on. */
  readonly evaluation?: { readonly role: EvaluationRole } & Measured;
  /** Whether early stopping counts it as the best so far; absent without early stopping. */
  readonly best?: boolean;
}

/** How a run ended. */
export interface TrainSummary {
  readonly ended: "done" | "stopped" | "interrupted";
  readonly steps: number;
  /** Whole ones. */
  readonly epochs: number;
  /** The epoch, from 1, that the kept weights are of: its end, or where training ended within it. */
  readonly keptEpoch: number;
  /** The step that they are of. */
  readonly keptStep: number;
  readonly rowsPerSecond: number;
  readonly seconds: number;
}
