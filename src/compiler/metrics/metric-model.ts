/** Metrics as a model has them: a name, or a name with the arguments that differ from their defaults. */
import { callText, valueText, type Arguments, type MetricModel } from "../model/index.js";
import type { ListMeasure } from "./kernels/lists.js";
import type { Metric } from "./metric.js";
import { findMetric } from "./table.js";

/** The metric with these arguments, those left out that are the defaults, so that one metric has one form. */
export function createMetricModel({ name, parameters }: Metric, given: Arguments): MetricModel {
  const differing = parameters.flatMap(({ name: parameter, default: value = null }) => {
    const argument = given[parameter];
    const isDefault = argument === undefined || JSON.stringify(argument) === JSON.stringify(value);
    return isDefault ? [] : [[parameter, argument] as const];
  });
  return differing.length === 0 ? name : { name, arguments: Object.fromEntries(differing) };
}

export function metricName(metric: MetricModel): string {
  return typeof metric === "string" ? metric : metric.name;
}

/** Every argument of a metric, defaults filled in. */
export function metricArguments(metric: MetricModel): Arguments {
  const defaults = rowOfMetric(metric).parameters.map(({ name, default: value = null }) => [name, value] as const);
  return { ...Object.fromEntries(defaults), ...(typeof metric === "string" ? {} : metric.arguments) };
}

/** A metric of lists as a measure of one list, for whoever makes the lists. */
export function measureOfLists(metric: MetricModel): ListMeasure {
  const { ofList } = rowOfMetric(metric);
  if (ofList === undefined) throw new Error(`${metricName(metric)} is not a metric of lists`);
  return ofList(metricArguments(metric));
}

/** The metric as a spec says it, `ndcg(at: 10)`; of a head, `ndcg(pref, at: 10)`. It is the metric's key in results. */
export function metricText(metric: MetricModel, head?: string): string {
  const given = typeof metric === "string" ? {} : metric.arguments;
  const types = new Map(rowOfMetric(metric).parameters.map(({ name, type }) => [name, type]));
  const named = Object.entries(given).map(([name, value]) => `${name}: ${valueText(value, types.get(name))}`);
  return callText(metricName(metric), [...(head === undefined ? [] : [head]), ...named]);
}

/** The row of a metric that the checker let through. */
export function rowOfMetric(metric: MetricModel): Metric {
  const row = findMetric(metricName(metric));
  if (row === undefined) throw new Error(`the model has a metric ${metricName(metric)}, which is not one`);
  return row;
}
