/**
 * Metrics: predictions and the truth in, numbers out. Everything here sees exactly the rows that it is given: the sample
 * space of a task (`train/sample-space.ts`) is chosen before. It reads no data and knows no model.
 */
import { omitUndefined } from "../../compiler/text/index.js";
import type { MetricName } from "../../compiler/model/model.js";
import {
  accuracy,
  calibration,
  expectedCalibrationError,
  logLoss,
  meanAbsoluteError,
  rootMeanSquaredError,
} from "./errors.js";
import { auc, averagePrecision, groupedAuc } from "./ranking.js";

export { calibrationBuckets } from "./errors.js";
export { auc, type GroupedAuc, groupedAuc } from "./ranking.js";

/** What is measured: arrays of equal length, a row each. */
export interface MetricInput {
  /** Probabilities for an event, amounts for an expectation. Finite where the weight is not 0. */
  readonly predictions: Float32Array;
  /** 0 or 1 for an event, the amount for an expectation. */
  readonly targets: Float32Array;
  /** ≥ 0; a row of weight 0 does not count. Absent: every row counts 1. */
  readonly weights?: Float32Array | undefined;
  /** Dense codes ≥ 0 of each row's group, −1 for none; needed by `gauc`. */
  readonly groups?: Int32Array | undefined;
}

export interface Metrics {
  /** By metric; null where it is undefined on these rows (only one class, no row, no group). */
  readonly values: Readonly<Partial<Record<MetricName, number | null>>>;
  /** Rows that count: those whose weight is not 0. */
  readonly rows: number;
  /** Of these, rows whose target is not 0. */
  readonly positives: number;
  /** Of `gauc`: groups that count, and groups left out because they have only one class. Absent without it. */
  readonly groups?: { readonly counted: number; readonly skipped: number };
}

/** Computes the metrics named, in O(n log n) at most. A prediction that is NaN makes each of them null. */
export function computeMetrics(names: readonly MetricName[], input: MetricInput): Metrics {
  const { predictions, targets, groups } = input;
  const weights = input.weights ?? new Float32Array(predictions.length).fill(1);
  const values: Partial<Record<MetricName, number | null>> = {};
  const isDefined = everyCounted(predictions, weights);
  let counted: Metrics["groups"];
  for (const name of names) {
    if (!isDefined) values[name] = null;
    else if (name === "gauc") {
      const found = groups === undefined ? undefined : groupedAuc(predictions, targets, weights, groups);
      values.gauc = found?.value ?? null;
      if (found !== undefined) counted = { counted: found.groups, skipped: found.skipped };
    } else values[name] = metrics[name](predictions, targets, weights);
  }
  return { values, ...countRows(targets, weights), ...omitUndefined({ groups: counted }) };
}

type Metric = (predictions: Float32Array, targets: Float32Array, weights: Float32Array) => number | null;

const metrics: Readonly<Record<Exclude<MetricName, "gauc">, Metric>> = {
  auc,
  logloss: logLoss,
  pr_auc: averagePrecision,
  calibration,
  ece: expectedCalibrationError,
  accuracy,
  rmse: rootMeanSquaredError,
  mae: meanAbsoluteError,
};

/** Whether every prediction that counts is a number. */
function everyCounted(predictions: Float32Array, weights: Float32Array): boolean {
  for (let row = 0; row < predictions.length; row++)
    if (Number.isNaN(predictions[row]) && weights[row] !== 0) return false;
  return true;
}

function countRows(
  targets: Float32Array,
  weights: Float32Array,
): { readonly rows: number; readonly positives: number } {
  let rows = 0;
  let positives = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    rows += 1;
    if (targets[row] !== 0) positives += 1;
  }
  return { rows, positives };
}
