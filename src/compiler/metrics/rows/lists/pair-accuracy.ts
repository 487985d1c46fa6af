import { countPairs } from "../../kernels/pairs.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noGroup } from "../../undefined.js";

export const pairAccuracy: Metric = {
  name: "pair_accuracy",
  summary: "Share of the pairs within a group whose truths differ that are in the right order, ties counting half.",
  heads: ["probability", "expectation"],
  group: "required",
  parameters: [weighted],
  better: "greater",
  compute: ({ byGroup, predictions, targets, weights }) => {
    const groups = byGroup();
    if (groups === undefined) return { undefined: noGroup };
    const { rows, starts } = groups;
    let pairs = 0;
    let right = 0;
    for (let group = 0; group + 1 < starts.length; group++) {
      const found = countPairs(rows.subarray(starts[group], starts[group + 1]), predictions, targets, weights);
      pairs += found.pairs;
      right += found.right;
    }
    return pairs > 0 ? right / pairs : { undefined: "no group has rows whose truths differ" };
  },
};
