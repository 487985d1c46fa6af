import { f1Of } from "../../kernels/thresholds.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noPositive } from "../../undefined.js";

export const maxF1: Metric = {
  name: "max_f1",
  summary: "The largest F1 of any threshold, tried at every distinct prediction.",
  heads: ["probability"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) => {
    let positives = 0;
    for (let row = 0; row < weights.length; row++) if (targets[row] === 1) positives += weights[row]!;
    if (positives === 0) return { undefined: noPositive };
    const order = ascending();
    let said = 0;
    let hits = 0;
    let best = 0;
    for (let i = order.length - 1; i >= 0; i--) {
      const row = order[i]!;
      said += weights[row]!;
      if (targets[row] === 1) hits += weights[row]!;
      const isLast = i === 0 || predictions[order[i - 1]!] !== predictions[row];
      if (isLast && said > 0) best = Math.max(best, f1Of({ hits, said, positives }));
    }
    return best;
  },
};
