import type {
  ContinuedReport,
  EpochRecord,
  EvaluationRole,
  Measured,
  TrainSummary,
  WarmStartReport,
} from "../events.js";

/** What training leaves. */
export interface TrainResult {
  readonly summary: TrainSummary;
  readonly history: readonly EpochRecord[];
  /** The kept weights, measured: on test data, else on validation data; absent without either. */
  readonly evaluation?: { readonly role: EvaluationRole } & Measured;
  /** What the run loaded from another artifact. */
  readonly warmStart?: WarmStartReport;
  /** What became of the ids of the artifact that the run continued. */
  readonly continued?: ContinuedReport;
  /** The directory of the artifact; absent when the run was interrupted. */
  readonly artifact?: string;
  /** Set when `resume` found this very run done: nothing was trained. */
  readonly alreadyTrained?: boolean;
  /** The checkpoint to go on from, when the run was interrupted. */
  readonly checkpoint?: string;
}

/** What an evaluation found. */
export type EvaluationResult = Measured;
