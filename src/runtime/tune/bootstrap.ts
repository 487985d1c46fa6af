/** Intervals by resampling whole units: rows of one user are alike, so that users are drawn and not rows. */
import type { Draws } from "./random.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The percentile interval of a statistic (Efron, 1979). `statistic` gets how often each unit was drawn; it is called
 * `replicates` times, with the same draws for the same seed, so that differences can be resampled in pairs.
 *
 * @param level in (0, 1), such as 0.95
 */
export function bootstrapInterval(
  units: number,
  statistic: (counts: Float64Array) => number,
  draws: Draws,
  { replicates = 400, level = 0.95 }: { readonly replicates?: number; readonly level?: number } = {},
): Interval {
  const values = new Float64Array(replicates);
  const counts = new Float64Array(units);
  for (let r = 0; r < replicates; r++) {
    counts.fill(0);
    for (let i = 0; i < units; i++) {
      const unit = Math.floor(draws.uniform() * units);
      counts[unit] = (counts[unit] as number) + 1;
    }
    values[r] = statistic(counts);
  }
  values.sort();
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

/** Of sorted values, with linear interpolation between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}
