/** A training whose data is open: what one of a network and one of trees have in common. */
import { resolve } from "node:path";
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { watchedText } from "../../compiler/metrics/index.js";
import type { Model } from "../../compiler/model/model.js";
import type { RunNote } from "../artifact/index.js";
import { type Dataset, hashFitted, type OpenedData } from "../data/index.js";
import { createFailure } from "../failure.js";
import type { LoadedSpec } from "../specs/load-spec.js";
import type { RunIdentity } from "../train/checkpoint.js";
import type { EpochRecord, EvaluationRole, Measured, TrainEvent, TrainSummary } from "../events.js";
import { inspectData } from "../train/inspect/inspect.js";
import { warnOfLists } from "../train/inspect/lists.js";
import type { RunStart } from "../train/prepare-output.js";
import type { TrainResult } from "../train/result.js";
import { createDataWarnings } from "./data-warnings.js";
import type { DataFiles, TrainOptions } from "./train-options.js";

export interface OpenedJob {
  readonly options: TrainOptions;
  readonly spec: LoadedSpec;
  readonly start: RunStart;
  readonly data: OpenedData;
  /** What {@link inspectData} says of the data, where it is known already. */
  readonly oddities?: readonly Diagnostic[];
  readonly onEvent: (event: TrainEvent) => void;
}

/**
 * The rows to train on, once all that is odd about the data has been said. Throws when they cannot be trained on, or the
 * project makes an error of what is odd.
 */
export function inspectOpened({ spec: { path, model }, data, oddities, onEvent }: OpenedJob): Dataset {
  const warnings = createDataWarnings(path, onEvent);
  warnings.tell(data.warnings);
  const rows = trainingData(model, data);
  warnings.tell([...(oddities ?? inspectData(model, data)), ...warnOfLists(model, rows)]);
  for (const role of ["train", "validation", "test"] as const) {
    const report = data[role]?.report;
    if (report !== undefined) onEvent({ kind: "encoded", role, report });
  }
  return rows;
}

/** The rows to train on. Throws a {@link Failure} when there are none, or what the spec asks to measure has no data. */
export function trainingData({ train: settings }: Model, data: OpenedData): Dataset {
  if (data.train === undefined) throw createFailure("MTL7302", { role: "train", option: "--train" });
  if (data.train.rows === 0) throw createFailure("MTL7309", { role: "train" });
  if (settings.stop !== undefined && evaluationData(data) === undefined)
    throw createFailure("MTL7307", { metric: watchedText(settings.stop) });
  if (settings.validateEvery !== undefined && evaluationData(data) === undefined)
    throw createFailure("MTL7346", undefined);
  return data.train;
}

/** What each epoch is measured on: validation data, else test data. */
export function evaluationData(
  data: OpenedData,
): { readonly role: EvaluationRole; readonly data: Dataset } | undefined {
  if (data.validation !== undefined) return { role: "validation", data: data.validation };
  return data.test === undefined ? undefined : { role: "test", data: data.test };
}

/** The kept weights on test data, else on validation data; not measured again where they just were. */
export async function finalScores(
  kept: EpochRecord | undefined,
  data: OpenedData,
  score: (role: EvaluationRole, dataset: Dataset) => Promise<Measured>,
): Promise<TrainResult["evaluation"]> {
  const role = data.test !== undefined ? "test" : data.validation !== undefined ? "validation" : undefined;
  const dataset = role === undefined ? undefined : data[role];
  if (role === undefined || dataset === undefined) return undefined;
  return kept?.evaluation?.role === role ? kept.evaluation : { role, ...(await score(role, dataset)) };
}

export function runIdentity(
  { products }: TrainOptions,
  spec: LoadedSpec,
  data: OpenedData,
  rows: Dataset,
): RunIdentity {
  const { seed, batch } = spec.model.train;
  return {
    model: spec.hash,
    fitted: hashFitted(data.fitted),
    seed,
    batch,
    rows: rows.rows,
    data: rows.hash,
    evaluation: evaluationData(data)?.data.hash ?? "",
    ...(products === "bfloat16" ? { products } : {}),
  };
}

export function runNote(
  options: TrainOptions,
  identity: RunIdentity,
  { steps, epochs, keptEpoch, keptStep }: TrainSummary,
): RunNote {
  const absolute = (paths: readonly string[] | undefined): readonly string[] | undefined =>
    paths?.map((path) => resolve(path));
  const files = Object.entries({
    train: absolute(options.train),
    validation: absolute(options.validation),
    test: absolute(options.test),
  }).filter(([, paths]) => paths !== undefined);
  return {
    spec: resolve(options.spec),
    ...(Object.fromEntries(files) as DataFiles),
    identity: { ...identity },
    finished: { steps, epochs, keptEpoch, keptStep },
  };
}
