import { aucOfOrder } from "../kernels/areas.js";
import type { Metric } from "../metric.js";
import { noGroup } from "../undefined.js";

export const gauc: Metric = {
  name: "gauc",
  summary: "AUC within each group, averaged by the groups' rows; groups of one class are left out.",
  paper: "Zhu et al.: Optimized Cost per Click in Taobao Display Advertising, KDD 2017",
  heads: ["probability"],
  group: "required",
  parameters: [],
  better: "greater",
  compute: ({ byGroup, predictions, targets, weights }) => {
    const groups = byGroup();
    if (groups === undefined) return { undefined: noGroup };
    let sum = 0;
    let total = 0;
    for (let group = 0; group + 1 < groups.starts.length; group++) {
      const order = groups.rows.subarray(groups.starts[group], groups.starts[group + 1]);
      const value = aucOfOrder(order, predictions, targets, weights);
      if (value === undefined) continue;
      let weight = 0;
      for (const row of order) weight += weights[row]!;
      sum += weight * value;
      total += weight;
    }
    return total > 0 ? sum / total : { undefined: "no group has rows of both kinds" };
  },
};
