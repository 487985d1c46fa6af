import type { Metric } from "../../metric.js";
import { by, columnOf, numberOr, weighted } from "../../parameters.js";
import { noGroup, noRows } from "../../undefined.js";

export const ece: Metric = {
  name: "ece",
  summary:
    "Expected calibration error: how far mean prediction and rate of positives are apart, in buckets of predictions or by group.",
  paper: "Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015",
  heads: ["probability"],
  group: { where: "by" },
  groupsAre: "buckets",
  parameters: [
    {
      name: "bins",
      type: { kind: "number", min: 1, max: 1_000_000, integer: true },
      default: 15,
      doc: "Buckets of equal width that predictions fall into.",
    },
    { ...by, doc: "The column whose values are the buckets, as in a field-level calibration error." },
    weighted,
  ],
  better: "smaller",
  problem: (args) => {
    const isBoth = columnOf(args) !== undefined && args["bins"] !== 15;
    return isBoth ? "takes `bins` or `by`, not both: the groups are the buckets" : undefined;
  },
  compute: ({ predictions, targets, weights, groups }, args) => {
    const bins = numberOr(args, "bins", 15);
    const column = columnOf(args);
    const codes = column === undefined ? undefined : groups(column);
    if (column !== undefined && codes === undefined) return { undefined: noGroup };
    const buckets = codes === undefined ? bins : greatest(codes) + 1;
    const predicted = new Float64Array(buckets);
    const observed = new Float64Array(buckets);
    let total = 0;
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!;
      const p = predictions[row]!;
      // What is not a probability falls into the nearest bucket.
      const bucket = codes === undefined ? Math.max(0, Math.min(bins - 1, Math.floor(p * bins))) : codes[row]!;
      if (weight === 0 || bucket < 0) continue;
      predicted[bucket]! += weight * p;
      observed[bucket]! += weight * targets[row]!;
      total += weight;
    }
    if (total === 0) return { undefined: noRows };
    return predicted.reduce((sum, each, bucket) => sum + Math.abs(each - observed[bucket]!), 0) / total;
  },
};

function greatest(codes: Int32Array): number {
  let most = -1;
  for (const code of codes) most = Math.max(most, code);
  return most;
}
