/** Comparing trained models on one data set. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { metricText } from "../../compiler/metrics/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { type MeasuredModel, rowsOfHead, sharedHeads, type SharedHead } from "../compare/align.js";
import { compareRows, type RowComparisonOptions } from "../compare/compare-rows.js";
import { comparedModel } from "../compare/compared-model.js";
import type { ComparisonResult, HeadComparison, MetricComparison } from "../compare/result.js";
import { metricColumns } from "../data/uses.js";
import type { EngineName } from "../engine/index.js";
import type { TrainEvent } from "../events.js";
import { collectPredictions } from "../measure/predictions.js";
import { withMeasuredData } from "./evaluate.js";

export interface CompareOptions {
  /** Directories of two or more artifacts. */
  readonly artifacts: readonly string[];
  /** Index of the one that the others are compared with. Default 0. */
  readonly base?: number;
  /** Files to measure all on. Default: for each the test data (else the validation data) that its training was given. */
  readonly test?: readonly string[];
  /** How often an interval of one comparison holds the true difference, in (0, 1). Default 0.95. */
  readonly level?: number;
  /** Resamples of a bootstrap. Default 400. */
  readonly resamples?: number;
  /** Of the resamples. Default 1. */
  readonly seed?: number;
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

/**
 * The metrics that the base's spec asks for, of all artifacts, with intervals of their differences. They are of these trained models, on rows like
 * those that they are measured on: what another seed would have given is not in them. Throws a {@link Failure}.
 */
export async function compareArtifacts(options: CompareOptions): Promise<ComparisonResult> {
  const { artifacts, base = 0, level = 0.95, resamples = 400, seed = 1, signal } = options;
  const models: MeasuredModel[] = [];
  for (const artifact of artifacts) models.push(await measureArtifact(artifact, options));
  const { shared, leftOut } = sharedHeads(models, base);
  const settings: RowComparisonOptions = {
    base,
    level,
    resamples,
    seed,
    pause: async () => {
      await nextTurn();
      signal?.throwIfAborted();
    },
  };
  const heads: HeadComparison[] = [];
  for (const each of shared) {
    heads.push(await compareHead(each, models, settings));
  }
  return {
    of: "artifacts",
    role: models[base]?.role ?? "test",
    models: models.map(comparedModel),
    base,
    level,
    resamples,
    heads,
    leftOut,
  };
}

async function measureArtifact(
  artifact: string,
  { test, engine, signal, onEvent }: CompareOptions,
): Promise<MeasuredModel> {
  return withMeasuredData(
    { artifact, ...omitUndefined({ test, engine, signal, onEvent }) },
    async ({ artifact: { model }, role, data, session, target }) => {
      const predictions = await collectPredictions(session, target, data, model.labels, signal);
      const groups = new Map(
        [undefined, model.data.group, ...metricColumns(model)].map((column) => [column, data.groups(column)]),
      );
      return { name: artifact, model, role, predictions, groups: (column) => groups.get(column) };
    },
  );
}

async function compareHead(
  shared: SharedHead,
  models: readonly MeasuredModel[],
  settings: RowComparisonOptions,
): Promise<HeadComparison> {
  const parts = rowsOfHead(shared, models, settings.base);
  const rows = (parts.find(({ isOwn }) => isOwn) ?? parts[0])?.rows[0];
  const found = new Map<string, MetricComparison>();
  for (const part of parts)
    for (const comparison of await compareRows(part, settings)) found.set(comparison.metric, comparison);
  return {
    head: shared.head.name,
    rows: rows === undefined ? 0 : countedRows(rows.weights),
    metrics: shared.metrics.flatMap((metric) => found.get(metricText(metric)) ?? []),
  };
}

function countedRows(weights: Float32Array | undefined): number {
  return weights?.reduce((count, weight) => count + Number(weight !== 0), 0) ?? 0;
}
