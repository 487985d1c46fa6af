import { countPairs, countPreferred } from "../../kernels/pairs.js";
import type { Metric } from "../../metric.js";
import { by, columnOf, order, weighted } from "../../parameters.js";
import { noGroup } from "../../undefined.js";

export const pairAccuracy: Metric = {
  name: "pair_accuracy",
  summary:
    "Share of the pairs of rows of one group of which one goes before the other that are in that order, ties counting half.",
  heads: ["probability", "expectation", "score"],
  group: "required",
  groupsAre: "pairs",
  relevance: "order",
  parameters: [order, by, weighted],
  better: "greater",
  compute: ({ byGroup, predictions, targets, weights, preference }, args) => {
    const groups = byGroup(columnOf(args));
    if (groups === undefined) return { undefined: noGroup };
    const { rows, starts } = groups;
    let pairs = 0;
    let right = 0;
    for (let group = 0; group + 1 < starts.length; group++) {
      const ascending = rows.subarray(starts[group], starts[group + 1]);
      const found =
        preference === undefined
          ? countPairs(ascending, predictions, targets, weights)
          : countPreferred(ascending, predictions, preference, weights);
      pairs += found.pairs;
      right += found.right;
    }
    return pairs > 0 ? right / pairs : { undefined: "no group has two rows of which one goes before the other" };
  },
};
