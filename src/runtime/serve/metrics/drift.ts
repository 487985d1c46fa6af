/** How far the numbers that come in are from those of the training data. */
import type { FeatureObservation } from "../../data/index.js";
import type { TrainedNumbers } from "../model-version.js";

export interface Drift {
  readonly note: (observed: ReadonlyMap<string, FeatureObservation>) => void;
  /** By feature: the mean of the latest numbers less that of the training data, in deviations of the training data. */
  readonly of: (trained: ReadonlyMap<string, TrainedNumbers>) => ReadonlyMap<string, number>;
}

/** @param window numbers after which the weight of a number is 1/e */
export function createDrift(window = 10_000): Drift {
  const means = new Map<string, { weight: number; sum: number }>();
  return {
    note: (observed) => {
      for (const [feature, { numbers, sum }] of observed) {
        if (numbers === 0) continue;
        const mean = means.get(feature) ?? { weight: 0, sum: 0 };
        const fade = Math.exp(-numbers / window);
        means.set(feature, { weight: mean.weight * fade + numbers, sum: mean.sum * fade + sum });
      }
    },
    of: (trained) =>
      new Map(
        [...trained].flatMap(([feature, { mean, deviation }]) => {
          const seen = means.get(feature);
          return seen === undefined ? [] : [[feature, (seen.sum / seen.weight - mean) / deviation] as const];
        }),
      ),
  };
}
