import { countPairs } from "../../kernels/pairs.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { oneAmount } from "../../undefined.js";

export const xauc: Metric = {
  name: "xauc",
  summary: "Share of pairs of rows with different amounts that the predictions order alike, ties counting half.",
  paper: "Zhan et al.: Deconfounding Duration Bias in Watch-time Prediction for Video Recommendation, KDD 2022",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) => {
    const { pairs, right } = countPairs(ascending(), predictions, targets, weights);
    return pairs > 0 ? right / pairs : { undefined: oneAmount };
  },
};
