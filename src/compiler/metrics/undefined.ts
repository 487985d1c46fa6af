/** Why a metric has no value. That the rows of the head have one answer only is said before by whoever chose them. */
import type { MetricResult } from "./metric.js";

export const oneClass = "the rows have one class";
export const noPositive = "no row is positive";
export const oneAmount = "every amount is the same";
export const noRows = "there are no rows";
export const noGroup = "no row has a group";
export const notANumber = "a prediction is not a number";

/** The value, or why there is none. */
export function orUndefined(value: number | undefined, reason: string): MetricResult {
  return value ?? { undefined: reason };
}
