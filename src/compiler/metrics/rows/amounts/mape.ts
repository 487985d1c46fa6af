import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";

export const mape: Metric = {
  name: "mape",
  summary: "Mean absolute error as a share of the amount; rows whose amount is 0 do not count.",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: ({ predictions, targets, weights }) => {
    const counted = weights.map((weight, row) => (targets[row] === 0 ? 0 : weight));
    const mean = weightedMean(counted, (row) => Math.abs((predictions[row]! - targets[row]!) / targets[row]!));
    return mean ?? { undefined: "every amount is 0" };
  },
};
