/** Metrics of an order: AUC, AUC by group, area under the precision-recall curve. Targets are 0 or 1. */
import { ascendingOrder } from "./sort.js";

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half, each row by its
 * weight. Exact: no thresholds. Undefined (null) when either class has no weight.
 */
export function auc(scores: Float32Array, targets: Float32Array, weights: Float32Array): number | null {
  return aucOfOrder(ascendingOrder(scores), scores, targets, weights);
}

/** {@link auc} of some rows, given in ascending order of their scores. */
export function aucOfOrder(
  order: Int32Array,
  scores: Float32Array | Float64Array,
  targets: Float32Array | Float64Array,
  weights: Float32Array | Float64Array,
): number | null {
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
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : null;
}

export interface GroupedAuc {
  /** Undefined (null) when no group has both classes. */
  readonly value: number | null;
  /** Groups that count, and those that have only one class. */
  readonly groups: number;
  readonly skipped: number;
}

/**
 * GAUC (Zhu et al., KDD 2017, "Optimized Cost per Click in Taobao Display Advertising"): the mean of the AUC of each
 * group, weighted by the group's weight of rows (impressions, when every weight is 1). A group with one class has no AUC
 * and is left out; so are rows of group −1, which belong to none.
 */
export function groupedAuc(
  scores: Float32Array,
  targets: Float32Array,
  weights: Float32Array,
  groups: Int32Array,
): GroupedAuc {
  const byGroup = splitByGroup(ascendingOrder(scores), groups);
  let sum = 0;
  let total = 0;
  let counted = 0;
  let skipped = 0;
  for (let group = 0; group + 1 < byGroup.starts.length; group++) {
    const order = byGroup.rows.subarray(byGroup.starts[group], byGroup.starts[group + 1]);
    if (order.length === 0) continue;
    const value = aucOfOrder(order, scores, targets, weights);
    if (value === null) {
      skipped += 1;
      continue;
    }
    let weight = 0;
    for (const row of order) weight += weights[row]!;
    sum += weight * value;
    total += weight;
    counted += 1;
  }
  return { value: counted > 0 ? sum / total : null, groups: counted, skipped };
}

/** Rows of each group, in the order given; rows of a negative group are left out. */
export function splitByGroup(
  order: Int32Array,
  groups: Int32Array,
): { readonly starts: Int32Array; readonly rows: Int32Array } {
  let largest = -1;
  for (const group of groups) largest = Math.max(largest, group);
  const starts = new Int32Array(largest + 2);
  for (const group of groups) if (group >= 0) starts[group + 1] = starts[group + 1]! + 1;
  for (let group = 0; group <= largest; group++) starts[group + 1] = starts[group + 1]! + starts[group]!;
  const rows = new Int32Array(starts[largest + 1] ?? 0);
  const next = starts.slice();
  for (const row of order) {
    const group = groups[row]!;
    if (group < 0) continue;
    const index = next[group]!;
    rows[index] = row;
    next[group] = index + 1;
  }
  return { starts, rows };
}

/**
 * Average precision: Σ (R_n − R_{n−1}) P_n over the distinct scores in descending order, as scikit-learn's
 * `average_precision_score`; no interpolation. Undefined (null) without a positive.
 */
export function averagePrecision(scores: Float32Array, targets: Float32Array, weights: Float32Array): number | null {
  const order = ascendingOrder(scores);
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
  return positives > 0 ? sum / positives : null;
}
