/** Numbers of results: few digits, and means with their intervals. */
import { summarize } from "../../../src/runtime/statistics/index.js";
import type { IntervalPoint } from "../charts.js";

/** The mean with its 95 % interval; that of one value is the value. */
export function intervalPoint(values: readonly number[]): IntervalPoint {
  const { mean, interval = { low: mean, high: mean } } = summarize(values);
  return { low: rounded(interval.low), mean: rounded(mean), high: rounded(interval.high) };
}

/** To six digits, which is more than intervals leave. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

export function numbersFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
