/** Metrics of every head over its own sample space. */
import type { GraphFunction } from "../../compiler/graph/graph.js";
import { className } from "../../compiler/model/labels.js";
import type { HeadModel, MetricModel, Model } from "../../compiler/model/model.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import {
  computeMetrics,
  type MetricRows,
  metricText,
  type Relevance,
  relevanceOf,
} from "../../compiler/metrics/index.js";
import type { DataRole } from "../data/index.js";
import type { Measured, HeadMetrics } from "../events.js";
import { collectPredictions, type Predictions } from "./predictions.js";
import { type RelevantRows, relevantRows } from "./relevant-rows.js";
import { type HeadValues, undefinedMetrics, type UndefinedMetrics } from "./undefined-metrics.js";

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
  return scorePredictions(predictions, (column) => data.groups(column), model, role);
}

/** The same of predictions that are there. */
export function scorePredictions(
  predictions: Predictions,
  groups: Dataset["groups"],
  model: Pick<Model, "heads" | "metrics" | "labels" | "loss">,
  role: DataRole,
): Measured {
  const missing: UndefinedMetrics[] = [];
  const scores = model.metrics.flatMap(({ head: name, metrics }): readonly (readonly [string, HeadMetrics])[] => {
    const head = model.heads.find((each) => each.name === name);
    const values = head === undefined ? undefined : outputsOf(head, predictions);
    if (head === undefined || values === undefined) return [];
    const found = scoreHead(head, metrics, values, predictions, groups, model.loss);
    if (found === undefined) return [];
    missing.push(...undefinedMetrics(head, found, predictions, model.labels, role));
    const defined = [...found.values].filter((entry): entry is [string, number] => typeof entry[1] === "number");
    return [[name, { rows: found.rows, ...Object.fromEntries(defined) }]];
  });
  return { heads: Object.fromEntries(scores), ...(missing.length === 0 ? {} : { undefinedMetrics: missing }) };
}

/** What a head says of each row; of one of classes the probability of each. */
export interface HeadOutputs {
  /** Of the first class, where there are several. */
  readonly values: Float32Array;
  readonly classes?: readonly Float32Array[];
}

/** Undefined where the function that was run has no such head. */
export function outputsOf({ name, type }: HeadModel, { outputs }: Predictions): HeadOutputs | undefined {
  if (type.kind !== "classes") {
    const values = outputs.get(name);
    return values === undefined ? undefined : { values };
  }
  const classes = type.classes.flatMap((each) => outputs.get(className(name, each)) ?? []);
  const [values] = classes;
  return values === undefined ? undefined : { values, classes };
}

/** The metrics of one head in the order in which they are asked for; undefined where there is nothing to measure. */
function scoreHead(
  head: HeadModel,
  metrics: readonly MetricModel[],
  values: HeadOutputs,
  predictions: Predictions,
  groups: Dataset["groups"],
  loss: Model["loss"],
): HeadValues | undefined {
  const found = truthsOfHead(head, metrics, loss).flatMap(({ relevance, metrics: asked }) => {
    const sample = relevantRows(relevance, head.type, predictions);
    return sample === undefined
      ? []
      : [
          {
            isOwn: relevance.kind === "own",
            ...computeMetrics(asked, metricRows(sample, values, predictions.weights, groups)),
          },
        ];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const all = new Map(found.flatMap(({ values: each }) => [...each]));
  const texts = metrics.map((metric) => metricText(metric)).filter((text) => all.has(text));
  return {
    rows: (found.find(({ isOwn }) => isOwn) ?? first).rows,
    values: new Map(texts.map((text) => [text, all.get(text) ?? { undefined: "it was not measured" }])),
    ofOwnTruth: new Set(found.flatMap(({ isOwn, values: each }) => (isOwn ? [...each.keys()] : []))),
  };
}

/** Metrics that go by the same truth: they see the same rows, and share their orders. */
export interface TruthMetrics {
  readonly relevance: Relevance;
  readonly metrics: readonly MetricModel[];
}

/** The metrics of a head by what they take for the truth; a head has rows of its own, whatever its metrics go by. */
export function truthsOfHead(
  head: HeadModel,
  metrics: readonly MetricModel[],
  loss: Model["loss"],
): readonly TruthMetrics[] {
  const byTruth = new Map<string, { readonly relevance: Relevance; readonly metrics: MetricModel[] }>();
  for (const metric of metrics) {
    const relevance = relevanceOf(metric, head, loss);
    if (relevance === undefined) continue;
    const key = JSON.stringify(relevance);
    const same = byTruth.get(key) ?? { relevance, metrics: [] };
    byTruth.set(key, same);
    same.metrics.push(metric);
  }
  if (head.type.kind !== "score")
    byTruth.set(ownTruth, byTruth.get(ownTruth) ?? { relevance: { kind: "own" }, metrics: [] });
  return [...byTruth.values()];
}

const ownTruth = JSON.stringify({ kind: "own" } satisfies Relevance);

/** Rows as metrics read them: what a head says of the rows of a sample, beside their truth. */
export function metricRows(
  { rows, targets, preference }: RelevantRows,
  { values, classes }: HeadOutputs,
  weights: Float32Array,
  groups: Dataset["groups"],
): MetricRows {
  return {
    predictions: take(values, rows, new Float32Array(rows.length)),
    targets,
    classes: classes?.map((each) => take(each, rows, new Float32Array(rows.length))),
    weights: take(weights, rows, new Float32Array(rows.length)),
    groups: (column) => {
      const codes = groups(column);
      return codes === undefined ? undefined : take(codes, rows, new Int32Array(rows.length));
    },
    preference,
  };
}

function take<T extends Float32Array | Int32Array>(values: T, rows: Int32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i] ?? 0] ?? 0;
  return into;
}
