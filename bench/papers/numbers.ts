/** How the tables of experiments print what several runs measured. */
import { summarize } from "../../src/runtime/statistics/index.js";

/** `0.9512 ± 0.0004`: the mean and half of its 95 % interval; of one value only that. */
export function withInterval(values: readonly number[], digits: number): string {
  const { mean, interval } = summarize(values);
  if (interval === undefined) return mean.toFixed(digits);
  return `${mean.toFixed(digits)} ± ${((interval.high - interval.low) / 2).toFixed(digits)}`;
}
