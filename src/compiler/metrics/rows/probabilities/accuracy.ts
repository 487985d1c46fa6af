import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { numberOr, threshold, weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const accuracy: Metric = {
  name: "accuracy",
  summary: "Share of rows on the right side of a threshold, 0.5 by default; a prediction of just that says yes.",
  heads: ["probability"],
  group: "none",
  parameters: [threshold, weighted],
  better: "greater",
  compute: ({ predictions, targets, weights }, args) =>
    orUndefined(
      weightedMean(weights, (row) =>
        Number(predictions[row]! >= numberOr(args, "above", 0.5) === (targets[row] === 1)),
      ),
      noRows,
    ),
};
