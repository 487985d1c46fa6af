import { ascendingOrder } from "../../kernels/sort.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows, oneAmount } from "../../undefined.js";

export const spearman: Metric = {
  name: "spearman",
  summary: "Spearman's rank correlation of predictions and amounts; rows of one value share their mean rank.",
  paper: "Spearman: The Proof and Measurement of Association between Two Things, 1904",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return { undefined: noRows };
    const ofPredictions = meanRanks(ascending(), predictions, weights, total);
    const ofTargets = meanRanks(ascendingOrder(targets), targets, weights, total);
    let [both, left, right] = [0, 0, 0];
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!;
      if (weight === 0) continue;
      const [a, b] = [ofPredictions[row]!, ofTargets[row]!];
      both += weight * a * b;
      left += weight * a * a;
      right += weight * b * b;
    }
    if (right === 0) return { undefined: oneAmount };
    return left === 0 ? { undefined: "every prediction is the same" } : both / Math.sqrt(left * right);
  },
};

/** The weight below each row and half of that beside it, less the mean of that over all rows, which is half of the total. */
function meanRanks(order: Int32Array, values: Float32Array, weights: Float32Array, total: number): Float64Array {
  const ranks = new Float64Array(values.length);
  let below = 0;
  for (let i = 0; i < order.length;) {
    const value = values[order[i]!]!;
    let end = i;
    let tied = 0;
    while (end < order.length && values[order[end]!] === value) tied += weights[order[end++]!]!;
    // A value that is not a number, on a row that does not count, is equal to nothing.
    end = Math.max(end, i + 1);
    for (; i < end; i++) ranks[order[i]!] = below + tied / 2 - total / 2;
    below += tied;
  }
  return ranks;
}
