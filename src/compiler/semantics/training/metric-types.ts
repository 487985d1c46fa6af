import type { HeadType, MetricName } from "../../model/index.js";

/** What each kind of head can be measured by; a score has no truth on single rows. */
export const metricsOf: Readonly<Record<HeadType["kind"], readonly MetricName[]>> = {
  probability: ["auc", "gauc", "logloss", "pr_auc", "calibration", "ece", "accuracy"],
  expectation: ["rmse", "mae"],
  score: [],
};

/** What a head without an entry in `metrics` is measured by. */
export const defaultMetrics: Readonly<Record<HeadType["kind"], readonly MetricName[]>> = {
  probability: ["auc", "logloss"],
  expectation: ["rmse", "mae"],
  score: [],
};

export const metricNames: readonly MetricName[] = [...metricsOf.probability, ...metricsOf.expectation];
