/** Metrics of several models over the same rows, with paired intervals: DeLong's test of AUCs, else the bootstrap. */
import {
  type Better,
  computeMetrics,
  metricArguments,
  metricName,
  type MetricResult,
  type MetricRows,
  metricText,
  rowOfMetric,
} from "../../compiler/metrics/index.js";
import type { MetricModel } from "../../compiler/model/index.js";
import { createDraws, fewestUnits, type Interval, percentileInterval, studentQuantile } from "../statistics/index.js";
import { aucDifference } from "./delong.js";
import { resampleMetrics } from "./resample.js";
import type { Difference, MetricComparison } from "./result.js";
import { createUnits, type Units } from "./units.js";
import { comparedValue, verdictOf } from "./verdict.js";

/** Metrics of one truth over the rows of a head. */
export interface ComparedRows {
  readonly metrics: readonly MetricModel[];
  /** By model: the same rows, truths, weights and groups; only predictions differ. */
  readonly rows: readonly MetricRows[];
  /** Whether the data says that rows are in groups. */
  readonly hasGroup: boolean;
}

export interface RowComparisonOptions {
  /** Index of the model that the others are compared with. */
  readonly base: number;
  /** In (0, 1). */
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  /** Awaited now and then, so that others get their turn; rejects to end the work. */
  readonly pause?: () => Promise<void>;
}

/** A metric with what it is over each model's rows. */
interface MetricTask {
  readonly metric: MetricModel;
  readonly isAuc: boolean;
  readonly units: Units;
  readonly values: readonly MetricResult[];
}

/** Compares in the order of the metrics. The same seed draws the same units for every metric and model. */
export async function compareRows(
  compared: ComparedRows,
  options: RowComparisonOptions,
): Promise<readonly MetricComparison[]> {
  const { metrics, rows, hasGroup } = compared;
  const [first] = rows;
  if (first === undefined) return [];
  const unitsOf = createUnits(first, hasGroup);
  const values = rows.map((each) => computeMetrics(metrics, each).values);
  const tasks = metrics.map((metric): MetricTask => {
    const text = metricText(metric);
    return {
      metric,
      isAuc: metricName(metric) === "auc",
      units: unitsOf(metric),
      values: values.map((each) => each.get(text) ?? { undefined: "it was not measured" }),
    };
  });
  const resampled = await resampleTasks(
    tasks.filter((task) => !task.isAuc && tooFew(task.units) === undefined && countDefined(task) > 1),
    rows,
    options,
  );
  return tasks.map((task) => comparisonOf(task, rows, resampled.get(task), options));
}

function countDefined({ values }: MetricTask): number {
  return values.filter((value) => typeof value === "number").length;
}

async function resampleTasks(
  tasks: readonly MetricTask[],
  rows: readonly MetricRows[],
  { seed, resamples, pause }: RowComparisonOptions,
): Promise<ReadonlyMap<MetricTask, readonly Float64Array[]>> {
  const found = new Map<MetricTask, readonly Float64Array[]>();
  for (const units of new Set(tasks.map((task) => task.units))) {
    const own = tasks.filter((task) => task.units === units);
    const values = await resampleMetrics(
      own.map(({ metric }) => metric),
      rows,
      units,
      createDraws(seed, 0xc0de),
      { resamples, pause },
    );
    for (const [i, task] of own.entries()) found.set(task, values[i] ?? []);
  }
  return found;
}

function tooFew({ kind, count }: Units): string | undefined {
  return kind === "groups" && count < fewestUnits
    ? `${count} groups are too few for an interval, which takes ${fewestUnits}`
    : undefined;
}

function comparisonOf(
  task: MetricTask,
  rows: readonly MetricRows[],
  resampled: readonly Float64Array[] | undefined,
  options: RowComparisonOptions,
): MetricComparison {
  const { metric, isAuc, units, values } = task;
  return {
    metric: metricText(metric),
    better: rowOfMetric(metric).better,
    method: isAuc ? "delong" : "bootstrap",
    unit: units.kind,
    units: units.count,
    values: values.map((value) => (typeof value === "number" ? value : null)),
    differences: rows.flatMap((_, model) =>
      model === options.base ? [] : [differenceOf(task, model, rows, resampled, options)],
    ),
  };
}

function differenceOf(
  { metric, isAuc, units, values }: MetricTask,
  model: number,
  rows: readonly MetricRows[],
  resampled: readonly Float64Array[] | undefined,
  { base, level }: RowComparisonOptions,
): Difference {
  const { better } = rowOfMetric(metric);
  const [before, after] = [values[base]!, values[model]!];
  if (typeof before !== "number") return { model, verdict: "unknown", reason: before.undefined };
  if (typeof after !== "number") return { model, verdict: "unknown", reason: after.undefined };
  const difference = comparedValue(after, better) - comparedValue(before, better);
  const few = tooFew(units);
  const found =
    few === undefined
      ? isAuc
        ? intervalOfAucs(metric, rows[base]!, rows[model]!, units, level)
        : intervalOfResamples(resampled?.[base], resampled?.[model], better, units, level)
      : { reason: few };
  return "reason" in found
    ? { model, difference, verdict: "unknown", reason: found.reason }
    : { model, difference, interval: found, verdict: verdictOf(found, better) };
}

type Found = Interval | { readonly reason: string };

function intervalOfAucs(metric: MetricModel, first: MetricRows, other: MetricRows, units: Units, level: number): Found {
  const isWeighted = metricArguments(metric)["weighted"] !== false;
  const weights = isWeighted ? first.weights : undefined;
  const found = aucDifference(first.predictions, other.predictions, {
    targets: first.targets,
    weights: weights ?? new Float32Array(first.targets.length).fill(1),
    units: units.codes,
  });
  if (found === undefined) return { reason: "a class has fewer than two rows" };
  const half = studentQuantile((1 + level) / 2, found.freedom) * found.standardError;
  return { low: found.difference - half, high: found.difference + half };
}

/** The share of resamples that must have a value: one that is undefined in many says nothing of the others. */
const fewestDefined = 0.9;

function intervalOfResamples(
  first: Float64Array | undefined,
  other: Float64Array | undefined,
  better: Better,
  units: Units,
  level: number,
): Found {
  if (first === undefined || other === undefined) return { reason: "it was not resampled" };
  const differences = other
    .map((value, r) => comparedValue(value, better) - comparedValue(first[r]!, better))
    .filter((value) => !Number.isNaN(value));
  if (differences.length < fewestDefined * other.length)
    return { reason: "it is undefined in many resamples: too few rows of one kind" };
  return percentileInterval(differences, units.count, level);
}
