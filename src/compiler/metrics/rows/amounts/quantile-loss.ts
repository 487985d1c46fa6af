import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { numberOr, weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const quantileLoss: Metric = {
  name: "quantile_loss",
  summary:
    "Mean pinball loss: an error e = y − prediction costs q·e above and (q − 1)·e below; least at the quantile q.",
  paper: "Koenker, Bassett: Regression Quantiles, Econometrica 1978",
  heads: ["expectation"],
  group: "none",
  parameters: [
    {
      name: "q",
      type: { kind: "number", min: 0, max: 1, minOpen: true, maxOpen: true },
      doc: "The quantile: 0.9 for an amount that nine rows in ten stay below.",
    },
    weighted,
  ],
  better: "smaller",
  compute: ({ predictions, targets, weights }, args) => {
    const q = numberOr(args, "q", 0.5);
    const mean = weightedMean(weights, (row) => {
      const error = targets[row]! - predictions[row]!;
      return Math.max(q * error, (q - 1) * error);
    });
    return orUndefined(mean, noRows);
  },
};
