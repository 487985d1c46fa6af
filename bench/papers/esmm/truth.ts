/** What predictions are worth when the true probabilities are known. */

/**
 * AUC of scores against outcomes that are drawn for every row with the probabilities `truth`, on average over draws up to the
 * dependence of numerator and denominator: Σ pᵢ(1 − pⱼ)[sᵢ > sⱼ] / Σ pᵢ(1 − pⱼ) over i ≠ j, ties counting half.
 */
export function expectedAuc(scores: ArrayLike<number>, truth: ArrayLike<number>): number {
  const order = ascending(scores);
  let [area, positives, negatives, itself] = [0, 0, 0, 0];
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!]!;
    let [tiedPositives, tiedNegatives, tiedItself] = [0, 0, 0];
    do {
      const p = truth[order[at++]!]!;
      tiedPositives += p;
      tiedNegatives += 1 - p;
      tiedItself += p * (1 - p);
    } while (at < order.length && scores[order[at]!]! === score);
    area += tiedPositives * negatives + (tiedPositives * tiedNegatives - tiedItself) / 2;
    positives += tiedPositives;
    negatives += tiedNegatives;
    itself += tiedItself;
  }
  return area / (positives * negatives - itself);
}

/** Mean prediction over mean truth: 1 is calibrated, 2 twice too high. */
export function calibration(predictions: ArrayLike<number>, truth: ArrayLike<number>): number {
  let [predicted, expected] = [0, 0];
  for (let row = 0; row < truth.length; row++) {
    predicted += predictions[row]!;
    expected += truth[row]!;
  }
  return predicted / expected;
}

/** Mean over rows of |mean prediction − mean truth| of the row's bucket; buckets of equally many rows in the order of predictions. */
export function calibrationError(predictions: ArrayLike<number>, truth: ArrayLike<number>, buckets = 20): number {
  const order = ascending(predictions);
  let error = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = Math.floor(((bucket + 1) * order.length) / buckets);
    let apart = 0;
    for (let at = Math.floor((bucket * order.length) / buckets); at < end; at++)
      apart += predictions[order[at]!]! - truth[order[at]!]!;
    error += Math.abs(apart);
  }
  return error / order.length;
}

function ascending(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
}
