/** Metrics of every head over its own sample space. */
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { Model } from "../../compiler/model/model.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { computeMetrics } from "../../compiler/metrics/index.js";
import type { DataRole } from "../data/index.js";
import type { Measured, HeadMetrics } from "../events.js";
import { collectPredictions, type Predictions } from "./predictions.js";
import { sampleOf } from "./sample-space.js";
import { undefinedMetrics, type UndefinedMetrics } from "./undefined-metrics.js";

/**
 * Runs the function `evaluate` over the data set of a role and measures what the spec's `metrics` ask for. Rejects with the signal's reason
 * when it fires.
 */
export async function measureHeads(
  session: Session,
  evaluate: GraphFunction,
  data: Dataset,
  model: Model,
  role: DataRole,
  signal?: AbortSignal,
): Promise<Measured> {
  const predictions = await collectPredictions(session, evaluate, data, model.labels, signal);
  return scorePredictions(predictions, data.groups(), model, role);
}

/** The same of predictions that are there. */
function scorePredictions(
  predictions: Predictions,
  groups: Int32Array | undefined,
  model: Pick<Model, "heads" | "metrics" | "labels">,
  role: DataRole,
): Measured {
  const missing: UndefinedMetrics[] = [];
  const scores = model.metrics.flatMap(({ head: name, metrics }): readonly (readonly [string, HeadMetrics])[] => {
    const head = model.heads.find((each) => each.name === name);
    const values = predictions.outputs.get(name);
    const sample = head === undefined ? undefined : sampleOf(head.type, predictions);
    if (head === undefined || values === undefined || sample === undefined) return [];
    const { rows, targets } = sample;
    const found = computeMetrics(metrics, {
      predictions: take(values, rows, new Float32Array(rows.length)),
      targets,
      weights: take(predictions.weights, rows, new Float32Array(rows.length)),
      ...(groups === undefined ? {} : { groups: take(groups, rows, new Int32Array(rows.length)) }),
    });
    missing.push(...undefinedMetrics(head, found, predictions, model.labels, role));
    const defined = [...found.values].filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return [[name, { rows: found.rows, ...Object.fromEntries(defined) }]];
  });
  return { heads: Object.fromEntries(scores), ...(missing.length === 0 ? {} : { undefinedMetrics: missing }) };
}

function take<T extends Float32Array | Int32Array>(values: T, rows: Int32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] ?? 0] ?? 0;
  return into;
}
