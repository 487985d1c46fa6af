/** Why a metric that the spec asks for has no value on the rows that it is measured on. */
import type { HeadModel, LabelModel } from "../../compiler/model/model.js";
import type { DataRole } from "../data/index.js";
import { noGroup, notANumber, type MetricValues } from "../../compiler/metrics/index.js";
import { addRows, emptyCounts, problemOf, type SpaceProblem, type TrueType } from "../train/inspect/space-counts.js";
import type { Predictions } from "./predictions.js";

/** Metrics of a head that have no value, for one reason. */
export interface UndefinedMetrics {
  readonly head: string;
  /** As the spec says them: `auc`, `ndcg(at: 10)`. */
  readonly metrics: readonly string[];
  /** A clause such as "no row of the test data has `click`". */
  readonly reason: string;
}

/** What was found for the metrics of a head. */
export interface HeadValues extends MetricValues {
  /** The metrics that go by the head's own truth. */
  readonly ofOwnTruth: ReadonlySet<string>;
}

/** The metrics of a head that have no value, by reason. */
export function undefinedMetrics(
  head: HeadModel,
  found: HeadValues,
  predictions: Predictions,
  labels: readonly LabelModel[],
  role: DataRole,
): readonly UndefinedMetrics[] {
  const missing = [...found.values].flatMap(([metric, value]) =>
    typeof value === "number" ? [] : [{ metric, reason: value.undefined }],
  );
  const { type } = head;
  if (missing.length === 0) return [];
  const problem = type.kind === "score" ? undefined : problemOfHead(type, predictions, labels, role);
  const byReason = new Map<string, string[]>();
  for (const { metric, reason: own } of missing) {
    // That the rows have one answer only says more than what a metric makes of it.
    const isOfTruth = found.ofOwnTruth.has(metric) && own !== noGroup && own !== notANumber;
    const reason = problem !== undefined && (problem.kind === "nothing" || isOfTruth) ? problem.reason : own;
    byReason.set(reason, [...(byReason.get(reason) ?? []), metric]);
  }
  return [...byReason].map(([reason, metrics]) => ({ head: head.name, metrics, reason }));
}

function problemOfHead(
  type: TrueType,
  predictions: Predictions,
  labels: readonly LabelModel[],
  role: DataRole,
): SpaceProblem | undefined {
  const counts = emptyCounts();
  addRows(counts, type, type.given, predictions, predictions.weights);
  return problemOf(counts, type, type.given, labels, role);
}
