import type { Metric } from "../../metric.js";
import { numberOr, weighted } from "../../parameters.js";
import { noRows } from "../../undefined.js";

export const ece: Metric = {
  name: "ece",
  summary:
    "Expected calibration error: how far mean prediction and rate of positives are apart in buckets of predictions.",
  paper: "Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015",
  heads: ["probability"],
  group: "none",
  parameters: [
    {
      name: "bins",
      type: { kind: "number", min: 1, max: 1_000_000, integer: true },
      default: 15,
      doc: "Buckets of equal width that predictions fall into.",
    },
    weighted,
  ],
  better: "smaller",
  compute: ({ predictions, targets, weights }, args) => {
    const buckets = numberOr(args, "bins", 15);
    const predicted = new Float64Array(buckets);
    const observed = new Float64Array(buckets);
    let total = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!;
      if (weight === 0) continue;
      const p = predictions[row]!;
      const bucket = Math.max(0, Math.min(buckets - 1, Math.floor(p * buckets)));
      predicted[bucket]! += weight * p;
      observed[bucket]! += weight * targets[row]!;
      total += weight;
    }
    if (total === 0) return { undefined: noRows };
    let sum = 0;
    for (let i = 0; i < buckets; i++) sum += Math.abs(predicted[i]! - observed[i]!);
    return sum / total;
  },
};
