/** The metrics, a line each: a new one is a file here and its line. */
import type { Metric } from "../metric.js";
import { accuracy } from "./probabilities/accuracy.js";
import { auc } from "./probabilities/auc.js";
import { calibration } from "./probabilities/calibration.js";
import { macroAuc } from "./classes/macro-auc.js";
import { macroF1 } from "./classes/macro-f1.js";
import { microAuc } from "./classes/micro-auc.js";
import { topKAccuracy } from "./classes/top-k-accuracy.js";
import { ece } from "./probabilities/ece.js";
import { f1 } from "./probabilities/f1.js";
import { gauc } from "./lists/gauc.js";
import { hitRate } from "./lists/hit-rate.js";
import { logloss } from "./probabilities/logloss.js";
import { mae } from "./amounts/mae.js";
import { map } from "./lists/map.js";
import { mape } from "./amounts/mape.js";
import { maxF1 } from "./probabilities/max-f1.js";
import { mrr } from "./lists/mrr.js";
import { ndcg } from "./lists/ndcg.js";
import { normalizedEntropy } from "./probabilities/normalized-entropy.js";
import { pairAccuracy } from "./lists/pair-accuracy.js";
import { prAuc } from "./probabilities/pr-auc.js";
import { precision } from "./lists/precision.js";
import { quantileLoss } from "./amounts/quantile-loss.js";
import { rce } from "./probabilities/rce.js";
import { recall } from "./lists/recall.js";
import { rmse } from "./amounts/rmse.js";
import { spearman } from "./amounts/spearman.js";
import { xauc } from "./amounts/xauc.js";

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
