/** What runs say of two models, by differences and ratios with their intervals. Runs of one seed saw the same rows: they are pairs. */
import { bootstrapInterval, createDraws, summarize } from "../../../src/runtime/statistics/index.js";
import type { IntervalPoint } from "../charts.js";
import { lossOf, type ModelName, type Setting, type SyntheticRun } from "./results.js";

/** Losses of a model's runs in a setting, by seed. */
export function lossesOf(runs: readonly SyntheticRun[], setting: Setting, model: ModelName): readonly number[] {
  return runs
    .filter((run) => run.variant === setting.variant && run.correlation === setting.correlation && run.model === model)
    .toSorted((a, b) => a.seed - b.seed)
    .map(lossOf);
}

/** The mean of differences, by Student's t. Both lists are by the same seeds. */
export function meanDifference(left: readonly number[], right: readonly number[]): IntervalPoint {
  const { mean, interval = { low: -Infinity, high: Infinity } } = summarize(left.map((value, i) => value - right[i]!));
  return { low: interval.low, mean, high: interval.high };
}

const replicates = 2000;
/** Of fewer pairs a resampling may be one pair, over and over, which does not vary. */
const fewestPairs = 8;

/** The ratio of variances, `left` over `right`, with the interval of the bootstrap over seeds. */
export function varianceRatio(left: readonly number[], right: readonly number[]): IntervalPoint {
  const ratio = (counts: Float64Array): number => weightedVariance(left, counts) / weightedVariance(right, counts);
  const mean = ratio(new Float64Array(left.length).fill(1));
  if (left.length < fewestPairs) return { low: 0, mean, high: Infinity };
  const draws = createDraws(left.length, 0x7a7);
  const { low, high } = bootstrapInterval(left.length, ratio, draws, { replicates });
  return { low, mean, high };
}

function weightedVariance(values: readonly number[], counts: Float64Array): number {
  let [total, sum] = [0, 0];
  values.forEach((value, i) => {
    total += counts[i]!;
    sum += counts[i]! * value;
  });
  const mean = sum / total;
  return values.reduce((squares, value, i) => squares + counts[i]! * (value - mean) ** 2, 0) / (total - 1);
}

/** Whether an interval is on one side of a value. */
export type Verdict = "above" | "below" | "not told apart";

export function verdictOf({ low, high }: IntervalPoint, value: number): Verdict {
  if (low > value) return "above";
  return high < value ? "below" : "not told apart";
}

export function deviationOf(values: readonly number[]): number {
  return summarize(values).deviation ?? NaN;
}
