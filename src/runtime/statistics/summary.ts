/** Mean, deviation and interval of values that each come from a run of its own. */
import { studentQuantile } from "./distributions.js";
import type { Interval } from "./interval.js";

/** What several runs found of one number. */
export interface ValueSummary {
  /** Values that there are. */
  readonly count: number;
  /** NaN of none. */
  readonly mean: number;
  /** Standard deviation of one value, the sum of squares being divided by n − 1; absent under two values. */
  readonly deviation?: number;
  /** Of the mean, by Student's t; absent under two values. */
  readonly interval?: Interval;
}

/** Of paired runs, give the differences. @param level in (0, 1), such as 0.95 */
export function summarize(values: readonly number[], level = 0.95): ValueSummary {
  const count = values.length;
  const mean = meanOf(values);
  if (count < 2) return { count, mean };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const half = (studentQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, interval: { low: mean - half, high: mean + half } };
}

/** NaN of no values; of equal values just that. */
export function meanOf(values: readonly number[]): number {
  const [first = NaN] = values;
  // From the first value on, so that rounding does not move the mean of equal values.
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}
