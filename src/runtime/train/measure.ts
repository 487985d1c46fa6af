/** Metrics of every head over its own sample space. */
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { Model } from "../../compiler/model/model.js";
import type { Dataset } from "../data/dataset.js";
import type { Session } from "../engine/engine.js";
import { computeMetrics } from "../metrics/index.js";
import type { HeadScores, TaskScores } from "./events.js";
import { collectPredictions, type Predictions } from "./predictions.js";
import { sampleOf } from "./sample-space.js";

/**
 * Runs the function `evaluate` over a data set and measures what the spec's `metrics` ask for. Rejects with the signal's reason
 * when it fires.
 */
export async function measureHeads(
  session: Session,
  evaluate: GraphFunction,
  data: Dataset,
  model: Model,
  signal?: AbortSignal,
): Promise<HeadScores> {
  const predictions = await collectPredictions(session, evaluate, data, model.labels, signal);
  return scorePredictions(predictions, data.groups(), model);
}

/** The same of predictions that are there; a metric that is undefined on its rows is left out. */
export function scorePredictions(
  predictions: Predictions,
  groups: Int32Array | undefined,
  model: Pick<Model, "heads" | "metrics">,
): HeadScores {
  const scores = model.metrics.flatMap(({ head, metrics }): readonly (readonly [string, TaskScores])[] => {
    const type = model.heads.find(({ name }) => name === head)?.type;
    const values = predictions.outputs.get(head);
    const sample = type === undefined ? undefined : sampleOf(type, predictions);
    if (values === undefined || sample === undefined) return [];
    const { rows, targets } = sample;
    const found = computeMetrics(metrics, {
      predictions: take(values, rows, new Float32Array(rows.length)),
      targets,
      weights: take(predictions.weights, rows, new Float32Array(rows.length)),
      ...(groups === undefined ? {} : { groups: take(groups, rows, new Int32Array(rows.length)) }),
    });
    const defined = Object.entries(found.values).filter((entry): entry is [string, number] => entry[1] !== null);
    return [[head, { rows: found.rows, ...Object.fromEntries(defined) }]];
  });
  return Object.fromEntries(scores);
}

function take<T extends Float32Array | Int32Array>(values: T, rows: Int32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] ?? 0] ?? 0;
  return into;
}
