import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

/** Predictions are kept this far from 0 and 1 under the logarithm: float32's machine epsilon, as scikit-learn does. */
const margin = 2 ** -23;

export const logloss: Metric = {
  name: "logloss",
  summary: "The mean of −log of the probability that was given to what happened, natural logarithm.",
  heads: ["probability", "classes"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: ({ predictions, targets, weights, classes }) =>
    orUndefined(
      weightedMean(weights, (row) => {
        if (classes.length > 0) return -Math.log(Math.max(classes[targets[row]!]![row]!, margin));
        const p = Math.min(Math.max(predictions[row]!, margin), 1 - margin);
        return targets[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
      }),
      noRows,
    ),
};
