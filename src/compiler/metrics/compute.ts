/** Metrics of rows. Everything here sees exactly the rows that it is given: the sample space of a head is chosen before. */
import type { MetricModel } from "../model/index.js";
import { createMetricInput, type MetricRows, withoutWeights } from "./input.js";
import type { MetricResult } from "./metric.js";
import { notANumber } from "./undefined.js";
import { metricArguments, metricText, rowOfMetric } from "./metric-model.js";

export interface MetricValues {
  /** By the text of the metric: its value, or why it has none on these rows. */
  readonly values: ReadonlyMap<string, MetricResult>;
  /** Rows that count: those whose weight is not 0. */
  readonly rows: number;
}

/** Computes metrics of the same rows, in O(n log n) at most. A prediction that is NaN makes each of them undefined. */
export function computeMetrics(metrics: readonly MetricModel[], rows: MetricRows): MetricValues {
  const input = createMetricInput(rows);
  const { predictions, weights } = input;
  const plain = withoutWeights(input);
  const isDefined = everyCounted(predictions, weights);
  const values = new Map<string, MetricResult>();
  for (const metric of metrics) {
    const args = metricArguments(metric);
    const isWeighted = args["weighted"] !== false;
    const result =
      isDefined && (isWeighted || everyCounted(predictions, plain.weights))
        ? rowOfMetric(metric).compute(isWeighted ? input : plain, args)
        : { undefined: notANumber };
    values.set(metricText(metric), result);
  }
  return { values, rows: weights.reduce((count, weight) => count + Number(weight !== 0), 0) };
}

/** Whether every prediction that counts is a number. */
function everyCounted(predictions: Float32Array, weights: Float32Array): boolean {
  for (let row = 0; row < predictions.length; row++)
    if (Number.isNaN(predictions[row]) && weights[row] !== 0) return false;
  return true;
}
