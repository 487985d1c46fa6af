/** What becomes of rows at a threshold: a prediction of at least that says yes. */
export interface Confusion {
  /** Weight of rows that are positive and are said to be. */
  readonly hits: number;
  /** Weight of rows that are said to be positive. */
  readonly said: number;
  /** Weight of rows that are positive. */
  readonly positives: number;
}

export function confusionAt(
  threshold: number,
  {
    predictions,
    targets,
    weights,
  }: { readonly predictions: Float32Array; readonly targets: Float32Array; readonly weights: Float32Array },
): Confusion {
  let hits = 0;
  let said = 0;
  let positives = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    const isSaid = predictions[row]! >= threshold;
    if (isSaid) said += weight;
    if (targets[row] === 1) {
      positives += weight;
      if (isSaid) hits += weight;
    }
  }
  return { hits, said, positives };
}

/** The harmonic mean of precision and recall. */
export function f1Of({ hits, said, positives }: Confusion): number {
  return (2 * hits) / (said + positives);
}
