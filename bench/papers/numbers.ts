/** Figures as the tables of experiments show them. */
import { summarize } from "../../src/runtime/statistics/index.js";

/** `0.8378 ± 0.0041`: the mean with half of its 95 % interval, by Student's t; without it under two values. */
export function withInterval(values: readonly number[], digits: number, signed = false): string {
  const { mean, interval } = summarize(values);
  const text = fixed(mean, digits, signed);
  return interval === undefined ? text : `${text} ± ${((interval.high - interval.low) / 2).toFixed(digits)}`;
}

/** With a minus sign as wide as a plus, and a plus where `signed`. */
export function fixed(value: number, digits: number, signed = false): string {
  const text = Math.abs(value).toFixed(digits);
  // What rounds to zero has no sign.
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : signed ? `+${text}` : text;
}
