/** Intervals by resampling whole units: rows of one user are alike, so that users are drawn and not rows. */
import { normalCdf, studentQuantile } from "./distributions.js";
import type { Draws } from "./draws.js";
import type { Interval } from "./interval.js";

/** Groups or users that an interval needs: resamplings of fewer are too narrow. */
export const fewestUnits = 20;

/**
 * The percentile interval of a statistic (Efron, 1979), expanded for few units (Hesterberg, 2015). `statistic` gets how often each unit was drawn; it is called
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
    drawUnits(counts, draws);
    values[r] = statistic(counts);
  }
  return percentileInterval(values, units, level);
}

/** Draws as many units as there are, with replacement: how often each was drawn. */
export function drawUnits(counts: Float64Array, draws: Draws): void {
  counts.fill(0);
  for (let i = 0; i < counts.length; i++) {
    const unit = Math.floor(draws.uniform() * counts.length);
    counts[unit]!++;
  }
}

/** The interval that values of resamplings of so many units give; sorts the values. */
export function percentileInterval(values: Float64Array, units: number, level: number): Interval {
  values.sort();
  const tail = expandedTail((1 - level) / 2, units);
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/**
 * The share of a tail at which a percentile interval of the mean is as wide as that of Student's t: resamplings vary with
 * n and not n - 1, and as if their deviation were known.
 */
function expandedTail(tail: number, units: number): number {
  const free = units - 1;
  if (free < 1) return tail;
  return normalCdf(studentQuantile(tail, free) * Math.sqrt(units / free));
}

/** Of sorted values, with linear interpolation between neighbours. */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (rank - below) * (high - low);
}
