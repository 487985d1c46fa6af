import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const mae: Metric = {
  name: "mae",
  summary: "Mean absolute error.",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: ({ predictions, targets, weights }) =>
    orUndefined(
      weightedMean(weights, (row) => Math.abs(predictions[row]! - targets[row]!)),
      noRows,
    ),
};
