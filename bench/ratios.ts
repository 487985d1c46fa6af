/** What alternating rounds say of two contenders: ratios round by round, so that a slow minute counts for both. */
import { summarize } from "../src/runtime/statistics/index.js";
import { median } from "./report.js";

/** Of the rounds that both have. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How many times as fast the first is, by its rounds and those of the other; undefined where they have no round in common. */
export function ratioOf(rates: readonly number[], others: readonly number[]): Ratio | undefined {
  const ratios = rates.flatMap((rate, round) => {
    const other = others[round];
    return other === undefined || !(other > 0) ? [] : [rate / other];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** `1.32 × (1.25–1.40)`; a ratio of one round has no spread. */
export function ratioText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return "";
  const { median: middle, least, most } = ratio;
  const digits = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2);
  return least === most ? `${digits(middle)} ×` : `${digits(middle)} × (${digits(least)}–${digits(most)})`;
}

/** Mean and standard deviation (n − 1) of values. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const { mean, deviation = NaN } = summarize(values);
  return { mean, deviation };
}
