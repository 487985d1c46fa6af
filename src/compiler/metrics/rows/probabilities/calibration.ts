import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";

export const calibration: Metric = {
  name: "calibration",
  summary: "Sum of predictions over sum of outcomes: 1 is calibrated, above 1 predicts too much.",
  heads: ["probability", "expectation"],
  group: "none",
  parameters: [weighted],
  better: "nearest to 1",
  compute: ({ predictions, targets, weights }) => {
    let predicted = 0;
    let observed = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!;
      if (weight === 0) continue;
      predicted += weight * predictions[row]!;
      observed += weight * targets[row]!;
    }
    return observed === 0 ? { undefined: "nothing was observed" } : predicted / observed;
  },
};
