/**
 * The difference of two areas under the ROC curve over the same rows, with its standard error (DeLong, DeLong, Clarke-Pearson: Comparing the Areas
 * under Two or More Correlated Receiver Operating Characteristic Curves, 1988), in O(n log n) by one order of the rows per model
 * (Sun, Xu: Fast Implementation of DeLong's Algorithm, 2014).
 */
import { ascendingOrder } from "../../compiler/metrics/index.js";

export interface AucDifference {
  /** Of the first model and of the other. */
  readonly aucs: readonly [number, number];
  /** The other's less the first's. */
  readonly difference: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error: one less than the rarer class has rows, or than there are units. */
  readonly freedom: number;
}

/** Rows of two classes: arrays of equal length. */
export interface ClassRows {
  /** 1 of a positive row. */
  readonly targets: Float32Array;
  /** ≥ 0; a row of weight 0 does not count. */
  readonly weights: Float32Array;
  /** Dense codes ≥ 0 of units whose rows are alike; absent: each row is one. */
  readonly units?: Int32Array | undefined;
}

/**
 * Each row has an influence on an AUC: how much it moves it. Without weights the variance of its sum is DeLong's. A weight
 * belongs to its row, so that influences are weighted; rows of one unit are added up before they are squared (Obuchowski: Nonparametric
 * Analysis of Clustered ROC Curve Data, 1997). Undefined where either class has fewer than two rows, or there are fewer than two units.
 */
export function aucDifference(first: Float32Array, other: Float32Array, rows: ClassRows): AucDifference | undefined {
  const { targets, weights, units } = rows;
  let [positives, negatives] = [0, 0];
  for (let row = 0; row < targets.length; row++)
    if (weights[row]! > 0) {
      if (targets[row] === 1) positives += 1;
      else negatives += 1;
    }
  if (Math.min(positives, negatives) < 2) return undefined;
  const [a, b] = [aucInfluence(first, rows), aucInfluence(other, rows)];
  const moves = b.influence.map((value, row) => value - a.influence[row]!);
  const found = { aucs: [a.auc, b.auc], difference: b.auc - a.auc } as const;
  if (units === undefined) {
    const squares = [0, 0];
    for (let row = 0; row < moves.length; row++) squares[targets[row] === 1 ? 1 : 0]! += moves[row]! ** 2;
    const variance = (squares[1]! * positives) / (positives - 1) + (squares[0]! * negatives) / (negatives - 1);
    return { ...found, standardError: Math.sqrt(variance), freedom: Math.min(positives, negatives) - 1 };
  }
  const sums = new Map<number, number>();
  for (let row = 0; row < moves.length; row++)
    if (weights[row]! > 0) sums.set(units[row]!, (sums.get(units[row]!) ?? 0) + moves[row]!);
  if (sums.size < 2) return undefined;
  const squares = [...sums.values()].reduce((total, sum) => total + sum * sum, 0);
  return {
    ...found,
    standardError: Math.sqrt((squares * sums.size) / (sums.size - 1)),
    freedom: sums.size - 1,
  };
}

interface Influence {
  readonly auc: number;
  /** By row: (wᵢ / Σ w of its class) · (its placement − AUC); they sum to 0 in each class. */
  readonly influence: Float64Array;
}

/** The placement of a positive row is the share of negatives below it, of a negative one the share of positives above it, ties counting half. */
function aucInfluence(scores: Float32Array, { targets, weights }: ClassRows): Influence {
  const order = ascendingOrder(scores);
  const totals = [0, 0];
  for (let row = 0; row < targets.length; row++) totals[targets[row] === 1 ? 1 : 0]! += weights[row]!;
  const [allNegatives, allPositives] = [totals[0]!, totals[1]!];
  const influence = new Float64Array(targets.length);
  let [auc, below, positivesBelow] = [0, 0, 0];
  for (let start = 0; start < order.length;) {
    const score = scores[order[start]!]!;
    let [end, tiedNegatives, tiedPositives] = [start, 0, 0];
    for (; end < order.length && scores[order[end]!] === score; end++) {
      const row = order[end]!;
      if (targets[row] === 1) tiedPositives += weights[row]!;
      else tiedNegatives += weights[row]!;
    }
    // NaN equals nothing, and a row that holds it has no weight.
    if (end === start) end += 1;
    const ofPositive = (below + tiedNegatives / 2) / allNegatives;
    const ofNegative = (allPositives - positivesBelow - tiedPositives / 2) / allPositives;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      influence[row] = targets[row] === 1 ? ofPositive : ofNegative;
    }
    auc += (tiedPositives / allPositives) * ofPositive;
    below += tiedNegatives;
    positivesBelow += tiedPositives;
    start = end;
  }
  for (let row = 0; row < targets.length; row++)
    influence[row] =
      weights[row]! > 0 ? (weights[row]! / totals[targets[row] === 1 ? 1 : 0]!) * (influence[row]! - auc) : 0;
  return { auc, influence };
}
