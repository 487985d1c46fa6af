/** Areas under curves of an order. Targets are 0 or 1. */

/**
 * Area under the ROC curve of some rows, given in ascending order of their scores: the chance that a positive scores above a
 * negative, ties counting half, each row by its weight. Exact: no thresholds. Undefined when either class has no weight.
 */
export function aucOfOrder(
  order: Int32Array,
  scores: Float32Array | Float64Array,
  targets: Float32Array | Float64Array,
  weights: Float32Array | Float64Array,
): number | undefined {
  let positives = 0;
  let negatives = 0;
  let area = 0;
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]!]!;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    do {
      const row = order[i++]!;
      const weight = weights[row]!;
      if (targets[row] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    } while (i < order.length && scores[order[i]!] === score);
    area += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : undefined;
}

/**
 * Average precision of rows in ascending order of their scores: Σ (R_n − R_{n−1}) P_n over the distinct scores from the
 * greatest on, as scikit-learn's `average_precision_score`; no interpolation. Undefined without a positive.
 */
export function averagePrecision(
  order: Int32Array,
  scores: Float32Array,
  targets: Float32Array,
  weights: Float32Array,
): number | undefined {
  let positives = 0;
  let all = 0;
  let sum = 0;
  for (let i = order.length - 1; i >= 0;) {
    const score = scores[order[i]!]!;
    let found = 0;
    do {
      const row = order[i--]!;
      const weight = weights[row]!;
      all += weight;
      if (targets[row] === 1) found += weight;
    } while (i >= 0 && scores[order[i]!] === score);
    positives += found;
    if (found > 0) sum += found * (positives / all);
  }
  return positives > 0 ? sum / positives : undefined;
}
