import type { Metric } from "../../metric.js";
import { by, columnOf, numberOr, weighted } from "../../parameters.js";
import { noGroup } from "../../undefined.js";

export const rce: Metric = {
  name: "rce",
  summary:
    "Relative calibration error: how far the predictions of each group are from its outcomes, as a share of these, averaged by rows.",
  paper: "Pan et al.: Field-aware Calibration, WWW 2020",
  heads: ["probability", "expectation"],
  group: "required",
  groupsAre: "buckets",
  parameters: [
    by,
    {
      name: "smoothing",
      type: { kind: "number", min: 0 },
      default: 0,
      doc: "Added to the outcome of each row under the fraction, so that groups without an outcome count.",
    },
    weighted,
  ],
  better: "smaller",
  compute: ({ byGroup, predictions, targets, weights }, args) => {
    const groups = byGroup(columnOf(args));
    if (groups === undefined) return { undefined: noGroup };
    const smoothing = numberOr(args, "smoothing", 0);
    const { rows, starts } = groups;
    let sum = 0;
    let total = 0;
    for (let group = 0; group + 1 < starts.length; group++) {
      let [weight, excess, observed] = [0, 0, 0];
      for (let i = starts[group]!; i < starts[group + 1]!; i++) {
        const row = rows[i]!;
        const own = weights[row]!;
        if (own === 0) continue;
        weight += own;
        excess += own * (predictions[row]! - targets[row]!);
        observed += own * (targets[row]! + smoothing);
      }
      if (observed <= 0) continue;
      sum += weight * (Math.abs(excess) / observed);
      total += weight;
    }
    return total > 0 ? sum / total : { undefined: "nothing was observed in any group" };
  },
};
