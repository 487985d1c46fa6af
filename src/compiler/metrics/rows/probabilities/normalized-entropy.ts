import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { oneClass } from "../../undefined.js";
import { logloss } from "./logloss.js";

export const normalizedEntropy: Metric = {
  name: "normalized_entropy",
  summary: "Log loss divided by that of the mean rate, which everybody knows: below 1 the head says more than it.",
  paper: "He et al.: Practical Lessons from Predicting Clicks on Ads at Facebook, ADKDD 2014",
  heads: ["probability"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: (input, args) => {
    const { targets, weights } = input;
    let positives = 0;
    let total = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!;
      total += weight;
      if (weight !== 0 && targets[row] === 1) positives += weight;
    }
    if (positives === 0 || positives === total) return { undefined: oneClass };
    const rate = positives / total;
    const loss = logloss.compute(input, args);
    return typeof loss === "number" ? loss / -(rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate)) : loss;
  },
};
