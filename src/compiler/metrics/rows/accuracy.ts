import { weightedMean } from "../kernels/means.js";
import type { Metric } from "../metric.js";
import { noRows, orUndefined } from "../undefined.js";

export const accuracy: Metric = {
  name: "accuracy",
  summary: "Share of rows on the right side of 0.5; a prediction of 0.5 says yes.",
  heads: ["probability"],
  group: "none",
  parameters: [],
  better: "greater",
  compute: ({ predictions, targets, weights }) =>
    orUndefined(
      weightedMean(weights, (row) => Number(predictions[row]! >= 0.5 === (targets[row] === 1))),
      noRows,
    ),
};
