/** Densities of one dimension from what was observed of it: kernels around the observations, and one of the whole dimension. */
import { normalCdf } from "../../statistics/index.js";
import type { Draws } from "../../statistics/index.js";
import type { Stretch } from "./space.js";

export interface Density {
  readonly sample: (draws: Draws) => number;
  /** The logarithm of the density at a place, or of the chance of a choice. */
  readonly logDensity: (place: number) => number;
}

/**
 * Weights of observations from the oldest to the newest: the last 25 count fully, older ones the less the older they are
 * (Bergstra, Yamins, Cox: "Making a Science of Model Search", ICML 2013, 3.1). They are not normalized.
 */
export function ageWeights(count: number): readonly number[] {
  const flat = 25;
  const ramp = Math.max(0, count - flat);
  return Array.from({ length: count }, (_, i) =>
    i >= ramp ? 1 : ramp === 1 ? 1 / count : 1 / count + ((1 - 1 / count) * i) / (ramp - 1),
  );
}

/**
 * A mixture of normal distributions cut to a stretch: one around each place, as wide as the larger distance to its
 * neighbours, and one in the middle, as wide as the stretch (Bergstra et al.: "Algorithms for Hyper-Parameter Optimization", NIPS
 * 2011, 4.2). `unit` is what a place stands for where only whole numbers count: the chance of a bin then takes the place of the density.
 */
export function createNumberDensity(
  places: readonly number[],
  weights: readonly number[],
  { low, high }: Stretch,
  binOf?: (place: number) => Stretch,
): Density {
  const range = high - low;
  const kernels = [
    ...places.map((mean, i) => ({
      mean,
      weight: weights[i] ?? 1,
      deviation: 0,
    })),
    { mean: low + range / 2, weight: 1, deviation: 0 },
  ];
  const order = kernels.map((_, i) => i).sort((a, b) => kernels[a]!.mean - kernels[b]!.mean || a - b);
  const narrowest = range / Math.min(100, 1 + kernels.length);
  const spread = order.map((k, at) => {
    // The ends of the stretch are no neighbours: a kernel at an end would be too wide.
    const left = at === 0 ? undefined : kernels[k]!.mean - kernels[order[at - 1]!]!.mean;
    const right = at === order.length - 1 ? undefined : kernels[order[at + 1]!]!.mean - kernels[k]!.mean;
    const widest = Math.max(left ?? 0, right ?? 0);
    return { k, deviation: Math.min(range, Math.max(narrowest, widest)) };
  });
  const deviations = new Float64Array(kernels.length);
  for (const { k, deviation } of spread) deviations[k] = deviation;
  deviations[kernels.length - 1] = range;
  const total = kernels.reduce((sum, { weight }) => sum + weight, 0);
  const parts = kernels.map(({ mean, weight }, k) => {
    const deviation = deviations[k]!;
    const from = normalCdf((low - mean) / deviation);
    return {
      mean,
      deviation,
      weight: weight / total,
      mass: normalCdf((high - mean) / deviation) - from,
    };
  });
  return {
    sample: ({ uniform, normal }) => {
      const part = parts[pick(parts, uniform())] ?? parts[parts.length - 1]!;
      for (;;) {
        const place = part.mean + part.deviation * normal();
        if (place >= low && place <= high) return place;
      }
    },
    logDensity: (place) => {
      const bin = binOf?.(place);
      let sum = 0;
      for (const { mean, deviation, weight, mass } of parts) {
        const share =
          bin === undefined
            ? Math.exp(-(((place - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI))
            : normalCdf((bin.high - mean) / deviation) - normalCdf((bin.low - mean) / deviation);
        sum += (weight * share) / mass;
      }
      return Math.log(Math.max(sum, 1e-300));
    },
  };
}

/** The chances of choices: how often each was observed, by weights, and once all of them equally. */
export function createChoiceDensity(observed: readonly number[], weights: readonly number[], count: number): Density {
  const chances = Array.from({ length: count }, () => 1 / count);
  for (const [i, choice] of observed.entries()) chances[choice]! += weights[i] ?? 1;
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  const parts = chances.map((chance) => ({ weight: chance / total }));
  return {
    sample: ({ uniform }) => pick(parts, uniform()),
    logDensity: (choice) => Math.log(parts[choice]?.weight ?? 1e-300),
  };
}

function pick(parts: readonly { readonly weight: number }[], share: number): number {
  let sum = 0;
  for (const [i, { weight }] of parts.entries()) {
    sum += weight;
    if (share < sum) return i;
  }
  return parts.length - 1;
}
