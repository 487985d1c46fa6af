/** The table of metrics: a new one is a file under `rows/` and its line here. */
import type { HeadType, MetricModel } from "../model/index.js";
import type { Metric } from "./metric.js";
import { accuracy } from "./rows/accuracy.js";
import { auc } from "./rows/auc.js";
import { calibration } from "./rows/calibration.js";
import { ece } from "./rows/ece.js";
import { gauc } from "./rows/gauc.js";
import { logloss } from "./rows/logloss.js";
import { mae } from "./rows/mae.js";
import { prAuc } from "./rows/pr-auc.js";
import { rmse } from "./rows/rmse.js";

/** In the order in which editors and messages offer them. */
export const metrics: readonly Metric[] = [auc, gauc, logloss, prAuc, calibration, ece, accuracy, rmse, mae];

export const metricNames: readonly string[] = metrics.map(({ name }) => name);

/** The metrics of one kind of head. */
export function metricsOf(head: HeadType["kind"]): readonly Metric[] {
  return metrics.filter(({ heads }) => heads.includes(head));
}

/** What a head without an entry in `metrics` is measured by. */
export const defaultMetrics: Readonly<Record<HeadType["kind"], readonly MetricModel[]>> = {
  probability: ["auc", "logloss"],
  expectation: ["rmse", "mae"],
  score: [],
};

const byName = new Map(metrics.map((metric) => [metric.name, metric]));

/** The metric of that name, which may be any text. */
export function findMetric(name: string): Metric | undefined {
  return byName.get(name);
}
