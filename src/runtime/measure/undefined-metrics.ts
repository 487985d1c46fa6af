/** Why a metric that the spec asks for has no value on the rows that it is measured on. */
import type { HeadModel, LabelModel, MetricName } from "../../compiler/model/model.js";
import type { DataRole } from "../data/index.js";
import type { Metrics } from "../metrics/index.js";
import { addRows, emptyCounts, problemOf } from "../train/inspect/space-counts.js";
import type { Predictions } from "./predictions.js";

/** Metrics of a head that have no value, for one reason. */
export interface UndefinedMetrics {
  readonly head: string;
  readonly metrics: readonly MetricName[];
  /** A clause such as "no row of the test data has `click`". */
  readonly reason: string;
}

/** The metrics of a head that are null, by reason. */
export function undefinedMetrics(
  head: HeadModel,
  found: Metrics,
  predictions: Predictions,
  labels: readonly LabelModel[],
  role: DataRole,
  hasGroups: boolean,
): readonly UndefinedMetrics[] {
  const missing = Object.entries(found.values).flatMap(([name, value]) => (value === null ? [name as MetricName] : []));
  const { type } = head;
  if (missing.length === 0 || type.kind === "score") return [];
  const counts = emptyCounts();
  addRows(counts, type, type.given, predictions, predictions.weights);
  const problem = problemOf(counts, type, type.given, labels, role);
  const byReason = new Map<string, MetricName[]>();
  for (const metric of missing) {
    const reason = problem?.reason ?? reasonBesides(metric, hasGroups);
    byReason.set(reason, [...(byReason.get(reason) ?? []), metric]);
  }
  return [...byReason].map(([reason, metrics]) => ({ head: head.name, metrics, reason }));
}

/** The rows have both answers: what else leaves a metric without a value. */
function reasonBesides(metric: MetricName, hasGroups: boolean): string {
  if (metric !== "gauc") return "a prediction is not a number";
  return hasGroups ? "no group has rows of both kinds" : "no row has a group";
}
