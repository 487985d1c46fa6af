import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows } from "../../undefined.js";

export const rmse: Metric = {
  name: "rmse",
  summary: "Root of the mean squared error.",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: ({ predictions, targets, weights }) => {
    const mean = weightedMean(weights, (row) => (predictions[row]! - targets[row]!) ** 2);
    return mean === undefined ? { undefined: noRows } : Math.sqrt(mean);
  },
};
