/** The table of metrics: a new one is a file under `rows/` and its line here. */
import type { HeadType, MetricModel } from "../model/index.js";
import type { Metric } from "./metric.js";
import { accuracy } from "./rows/probabilities/accuracy.js";
import { auc } from "./rows/probabilities/auc.js";
import { calibration } from "./rows/probabilities/calibration.js";
import { macroAuc } from "./rows/classes/macro-auc.js";
import { macroF1 } from "./rows/classes/macro-f1.js";
import { microAuc } from "./rows/classes/micro-auc.js";
import { topKAccuracy } from "./rows/classes/top-k-accuracy.js";
import { ece } from "./rows/probabilities/ece.js";
import { f1 } from "./rows/probabilities/f1.js";
import { gauc } from "./rows/lists/gauc.js";
import { hitRate } from "./rows/lists/hit-rate.js";
import { logloss } from "./rows/probabilities/logloss.js";
import { mae } from "./rows/amounts/mae.js";
import { map } from "./rows/lists/map.js";
import { mape } from "./rows/amounts/mape.js";
import { maxF1 } from "./rows/probabilities/max-f1.js";
import { mrr } from "./rows/lists/mrr.js";
import { ndcg } from "./rows/lists/ndcg.js";
import { normalizedEntropy } from "./rows/probabilities/normalized-entropy.js";
import { pairAccuracy } from "./rows/lists/pair-accuracy.js";
import { prAuc } from "./rows/probabilities/pr-auc.js";
import { precision } from "./rows/lists/precision.js";
import { quantileLoss } from "./rows/amounts/quantile-loss.js";
import { rce } from "./rows/probabilities/rce.js";
import { recall } from "./rows/lists/recall.js";
import { rmse } from "./rows/amounts/rmse.js";
import { spearman } from "./rows/amounts/spearman.js";
import { xauc } from "./rows/amounts/xauc.js";

/** In the order in which editors and messages offer them. */
export const metrics: readonly Metric[] = [
  auc,
  gauc,
  logloss,
  prAuc,
  calibration,
  ece,
  rce,
  accuracy,
  normalizedEntropy,
  f1,
  maxF1,
  macroAuc,
  microAuc,
  macroF1,
  topKAccuracy,
  precision,
  recall,
  rmse,
  mae,
  mape,
  quantileLoss,
  xauc,
  spearman,
  ndcg,
  map,
  mrr,
  hitRate,
  pairAccuracy,
];

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
