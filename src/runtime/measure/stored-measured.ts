/** `metrics.json` of an artifact, and measured values as older versions of mtlc stored them. */
import type { EvaluationRole, HeadScores, Measured } from "../events.js";

export type Evaluation = { readonly role: EvaluationRole } & Measured;

/** Of version 0.1.0 and before, heads were called tasks, and there was no format. */
type StoredEvaluation = Omit<Evaluation, "heads"> & {
  readonly heads?: HeadScores;
  readonly tasks?: HeadScores;
  readonly format?: string;
  readonly version?: number;
};

/** What `metrics.json` says. */
export function metricsFile(evaluation: Evaluation): unknown {
  return { format: "mtlc-metrics", version: 1, ...evaluation };
}

/** An evaluation out of JSON that this or an older mtlc wrote. */
export function readEvaluation({ format: _, version: __, tasks, heads, ...rest }: StoredEvaluation): Evaluation {
  return { ...rest, heads: heads ?? tasks ?? {} };
}
