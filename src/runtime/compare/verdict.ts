/** From an interval to a word. */
import type { Better } from "../../compiler/metrics/index.js";
import type { Interval } from "../statistics/interval.js";
import type { Verdict } from "./result.js";

/** How good a value is on the scale on which differences are taken: of a metric that is best near 1, the distance from 1. */
export function comparedValue(value: number, better: Better): number {
  return better === "nearest to 1" ? Math.abs(value - 1) : value;
}

/** Whether the interval of a difference is on one side of 0. */
export function verdictOf(interval: Interval, better: Better): Verdict {
  const isGreater = interval.low > 0;
  if (!isGreater && !(interval.high < 0)) return "same";
  return isGreater === (better === "greater") ? "better" : "worse";
}
