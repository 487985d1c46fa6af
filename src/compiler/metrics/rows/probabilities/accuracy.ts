import { weightedMean } from "../../kernels/means.js";
import { likeliest } from "../../kernels/classes.js";
import type { Metric } from "../../metric.js";
import { numberOr, threshold, weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const accuracy: Metric = {
  name: "accuracy",
  summary:
    "Share of rows on the right side of a threshold, 0.5 by default, where a prediction of just that says yes; of classes, share of rows whose class is the likeliest.",
  heads: ["probability", "classes"],
  group: "none",
  parameters: [threshold, weighted],
  better: "greater",
  problem: (args, head) =>
    head === "classes" && args["above"] !== 0.5 ? "takes no `above` on classes: the likeliest one counts" : undefined,
  compute: ({ predictions, targets, weights, classes }, args) =>
    orUndefined(
      weightedMean(weights, (row) =>
        classes.length > 0
          ? Number(likeliest(classes, row) === targets[row])
          : Number(predictions[row]! >= numberOr(args, "above", 0.5) === (targets[row] === 1)),
      ),
      noRows,
    ),
};
