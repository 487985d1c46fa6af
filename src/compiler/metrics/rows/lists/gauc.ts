import { aucOfOrder } from "../../kernels/areas.js";
import { groupWeight } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { averageOf, averageOver, by, columnOf, label, weighted } from "../../parameters.js";
import { noGroup } from "../../undefined.js";

export const gauc: Metric = {
  name: "gauc",
  summary: "AUC within each group, averaged over the groups that have rows of both kinds.",
  paper: "Zhu et al.: Optimized Cost per Click in Taobao Display Advertising, KDD 2017",
  heads: ["probability", "score"],
  group: "required",
  relevance: "label",
  parameters: [label, by, averageOver("rows"), weighted],
  better: "greater",
  compute: (input, args) => {
    const groups = input.byGroup(columnOf(args));
    if (groups === undefined) return { undefined: noGroup };
    const { rows, starts } = groups;
    const { predictions, targets, weights } = input;
    const average = averageOf(args);
    let sum = 0;
    let total = 0;
    for (let group = 0; group + 1 < starts.length; group++) {
      const [from, to] = [starts[group]!, starts[group + 1]!];
      const value = aucOfOrder(rows.subarray(from, to), predictions, targets, weights);
      if (value === undefined) continue;
      const weight = groupWeight(input, rows, from, to, average);
      sum += weight * value;
      total += weight;
    }
    return total > 0 ? sum / total : { undefined: "no group has rows of both kinds" };
  },
};
