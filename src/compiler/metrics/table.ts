/** Metrics by name and by kind of head. */
import type { HeadType, MetricModel } from "../model/index.js";
import type { Metric } from "./metric.js";
import { metrics } from "./rows/index.js";

export { metrics };

export const metricNames: readonly string[] = metrics.map(({ name }) => name);

/** The metrics of one kind of head. */
export function metricsOf(head: HeadType["kind"]): readonly Metric[] {
  return metrics.filter(({ heads }) => heads.includes(head));
}

/** What a head without an entry in `metrics` is measured by. */
export const defaultMetrics: Readonly<Record<HeadType["kind"], readonly MetricModel[]>> = {
  probability: ["auc", "logloss"],
  expectation: ["rmse", "mae"],
  classes: ["accuracy", "logloss"],
  score: [],
};

const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/** The metric of that name, which may be any text. */
export function findMetric(name: string): Metric | undefined {
  return byName.get(name);
}
