/** Metrics of single predictions: losses, errors, calibration. Sums are kept in double precision, in the order of the rows. */

/** Predictions are kept this far from 0 and 1 under a logarithm: float32's machine epsilon, as scikit-learn does. */
const probabilityMargin = 2 ** -23;

/** Buckets of equal width of the calibration error. */
export const calibrationBuckets = 15;

/** Σ w f(row) / Σ w; undefined (null) when the weights sum to 0. */
function weightedMean(weights: Float32Array, valueOf: (row: number) => number): number | null {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    // A row of no weight may hold anything, infinities included.
    if (weight === 0) continue;
    sum += weight * valueOf(row);
    total += weight;
  }
  return total > 0 ? sum / total : null;
}

/** Mean of −log of the probability given to what happened, natural logarithm. */
export function logLoss(predictions: Float32Array, targets: Float32Array, weights: Float32Array): number | null {
  return weightedMean(weights, (row) => {
    const p = Math.min(Math.max(predictions[row]!, probabilityMargin), 1 - probabilityMargin);
    return targets[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/** Share of rows on the right side of 0.5; a prediction of 0.5 says 1. */
export function accuracy(predictions: Float32Array, targets: Float32Array, weights: Float32Array): number | null {
  return weightedMean(weights, (row) => Number(predictions[row]! >= 0.5 === (targets[row] === 1)));
}

/** Σ predicted / Σ observed: 1 is calibrated, above 1 predicts too much. Undefined (null) when nothing was observed. */
export function calibration(predictions: Float32Array, targets: Float32Array, weights: Float32Array): number | null {
  let predicted = 0;
  let observed = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    predicted += weight * predictions[row]!;
    observed += weight * targets[row]!;
  }
  return observed === 0 ? null : predicted / observed;
}

/**
 * Expected calibration error (Naeini et al., AAAI 2015): predictions fall into 15 buckets of equal width, bucket i holding
 * [i/15, (i+1)/15) and the last one 1 as well; the mean over the rows of the distance between the mean prediction and the
 * rate of positives in their bucket.
 */
export function expectedCalibrationError(
  predictions: Float32Array,
  targets: Float32Array,
  weights: Float32Array,
): number | null {
  const predicted = new Float64Array(calibrationBuckets);
  const observed = new Float64Array(calibrationBuckets);
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    const p = predictions[row]!;
    const bucket = Math.max(0, Math.min(calibrationBuckets - 1, Math.floor(p * calibrationBuckets)));
    predicted[bucket]! += weight * p;
    observed[bucket]! += weight * targets[row]!;
    total += weight;
  }
  if (total === 0) return null;
  let sum = 0;
  for (let i = 0; i < calibrationBuckets; i++) sum += Math.abs(predicted[i]! - observed[i]!);
  return sum / total;
}

/** Square root of the mean squared error. */
export function rootMeanSquaredError(
  predictions: Float32Array,
  targets: Float32Array,
  weights: Float32Array,
): number | null {
  const mean = weightedMean(weights, (row) => (predictions[row]! - targets[row]!) ** 2);
  return mean === null ? null : Math.sqrt(mean);
}

export function meanAbsoluteError(
  predictions: Float32Array,
  targets: Float32Array,
  weights: Float32Array,
): number | null {
  return weightedMean(weights, (row) => Math.abs(predictions[row]! - targets[row]!));
}
