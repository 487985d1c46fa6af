/** Predictions of a trained artifact: for files, and for rows that a program holds. */
import { omitUndefined } from "../../compiler/text/index.js";
import { batchLayout } from "../../compiler/model/layout.js";
import type { Model } from "../../compiler/model/model.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { artifactModel, loadArtifact, type LoadedArtifact, readArtifact, readRunNote } from "../artifact/index.js";
import {
  createObserver,
  createRowEncoder,
  type EncodedBatch,
  type FeatureObservation,
  joinBatches,
  type Observer,
  openData,
  type RawRow,
  type KeptColumns,
  keptUses,
  type TableColumn,
  type TableFormat,
  writeTable,
} from "../data/index.js";
import type { EngineName } from "../engine/index.js";
import { createFailure, Failure } from "../failure.js";
import { createDataWarnings } from "./data-warnings.js";
import { openTrained } from "./evaluate.js";
import { checkWritable, refuseOverwrite } from "../outputs.js";
import { asServed, checkRows } from "../data/expressions/served-rows.js";
import { chainsOverSignals, predictChains } from "./predict-chains.js";
import { featureColumns, type FeatureColumn, findColumnFault } from "../data/expressions/row-columns.js";
import type { TrainEvent } from "../events.js";
import { createFeeds } from "../measure/feeds.js";
import { collectPredictions } from "../measure/predictions.js";

export interface PredictOptions {
  /** Directory of the artifact. */
  readonly artifact: string;
  /** Files of rows in the format of the spec's data, or of their names' ending; globs allowed. */
  readonly files: readonly string[];
  readonly output: string;
  readonly format: TableFormat;
  /** Columns of the files to write before the predictions. */
  readonly keep?: readonly string[];
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

export interface PredictResult {
  readonly output: string;
  readonly rows: number;
  /** Columns of the table, in their order. */
  readonly columns: readonly string[];
}

/** Writes a table with a row for each row of the files, in their order: the columns kept, then each served head. */
export async function predict(options: PredictOptions): Promise<PredictResult> {
  const { output, format, keep = [] } = options;
  refuseOverwrite(output, [options.artifact]);
  await checkWritable(output);
  const { rows, kept, heads, nanIsMissing = false } = await predictColumns(options);
  const columns = [...heads].map(([head, values]): TableColumn => ({
    name: columnName(head, keep),
    values,
    nanIsMissing,
  }));
  await writeTable(output, format, columns, kept);
  return { output, rows, columns: [...keep, ...columns.map(({ name }) => name)] };
}

/** Predictions in memory, a value for each row of the files in their order. */
export interface PredictedColumns {
  readonly rows: number;
  /** What a table of them keeps of the files; absent when nothing was asked for. */
  readonly kept?: KeptColumns;
  /** By the name of the served head. */
  readonly heads: ReadonlyMap<string, Float32Array>;
  /** NaN stands for a head that a row has no value of: a signal of a chain is missing. */
  readonly nanIsMissing?: boolean;
}

/** Predicts every row of the files; `keep` names columns that a table of the predictions has beside them. */
export async function predictColumns(
  options: Omit<PredictOptions, "output" | "format"> & {
    /** Of the table that `keep` is for; default Parquet. */
    readonly format?: TableFormat;
    /** File that the predictions go to; refused (MTL8013) when it is one of the files. */
    readonly output?: string;
  },
): Promise<PredictedColumns> {
  const { files, output, keep = [], signal, onEvent = () => undefined } = options;
  const sources = await readArtifact(options.artifact, signal === undefined ? {} : { signal });
  const unserved = artifactModel(sources);
  if (unserved.heads.length === 0) return predictSignals(unserved, options);
  const artifact = await loadArtifact(options.artifact, { files: sources });
  const { fitted } = artifact;
  const model = asServed(artifact.model);
  const note = await readRunNote(artifact.directory);
  const specPath = note?.spec ?? `${artifact.directory}/spec.mtl`;
  const warnings = createDataWarnings(specPath, onEvent);
  const places = {
    specPath,
    test: files,
    labels: "optional" as const,
    ...omitUndefined({ output, signal }),
  };
  const opened = await openData(model, {
    ...places,
    fitted,
    kept: keptUses(keep, options.format ?? "parquet"),
    roles: ["test"],
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  const dataset = opened.test;
  if (dataset === undefined) throw createFailure("MTL7302", { role: "test", option: "--test" });
  try {
    warnings.tell(opened.warnings);
    onEvent({ kind: "encoded", role: "test", report: dataset.report });
    const { target, session } = await openTrained(
      artifact,
      () => chooseEngine(options.engine, onEvent, "prediction"),
      "predict",
    );
    const { outputs } = await collectPredictions(session, target, dataset, model.labels, signal).finally(() =>
      session.close(),
    );
    const kept: KeptColumns = { spec: model, role: "test", names: keep, options: places };
    return { rows: dataset.rows, heads: outputs, ...(keep.length === 0 ? {} : { kept }) };
  } finally {
    dataset.close();
  }
}

/** Of an artifact without a network: its chains over signals, for which nothing need be trained. */
async function predictSignals(
  model: Model,
  { artifact, files, output, keep = [], format, signal }: Parameters<typeof predictColumns>[0],
): Promise<PredictedColumns> {
  if (chainsOverSignals(model).length === 0) throw createFailure("MTL7213", { directory: artifact, needs: "predict" });
  const note = await readRunNote(artifact);
  const specPath = note?.spec ?? `${artifact}/spec.mtl`;
  const options = {
    specPath,
    test: files,
    ...omitUndefined({ output, signal }),
  };
  keptUses(keep, format ?? "parquet");
  const { rows, heads } = await predictChains(model, { files, ...omitUndefined({ signal }) });
  const kept: KeptColumns = { spec: model, role: "test", names: keep, options };
  return { rows, heads, nanIsMissing: true, ...(keep.length === 0 ? {} : { kept }) };
}

/** A head whose name a kept column has gets a tail, so that neither is lost. */
function columnName(head: string, keep: readonly string[]): string {
  return keep.includes(head) ? `${head}_predicted` : head;
}

/** A trained model that answers in this process. */
export interface Predictor {
  /** Names of the served heads. */
  readonly heads: readonly string[];
  /** The raw columns that a row provides. */
  readonly columns: readonly FeatureColumn[];
  /**
   * The value of each served head for each row. A row is a record of raw column values; null is unknown. Throws a
   * {@link Failure}: MTL7211 for what is not a list of records, MTL7210 for a column that no row has or that a row has
   * misspelt, MTL7113 for a value that is not what the spec's feature needs.
   */
  readonly predict: (rows: readonly RawRow[]) => HeadValues;
  /**
   * The same for several calls at once, which the engine sees as one batch. What is wrong with a call is the answer to this call
   * and no matter of the others. `onStage` is told how long a stage took.
   */
  readonly predictEach: (
    calls: readonly (readonly RawRow[])[],
    onStage?: (stage: PredictStage, seconds: number) => void,
  ) => readonly (HeadValues | Failure)[];
  /** What came in since the model was loaded. */
  readonly report: () => PredictorReport;
  readonly close: () => void;
}

/** The value of each served head for each row, by the head's name. */
export type HeadValues = Readonly<Record<string, Float32Array>>;

/** `encode`: from raw columns to ids and numbers; `score`: the network. */
export type PredictStage = "encode" | "score";

export interface PredictorReport {
  readonly rows: number;
  /** What the rows had of each feature that serving sees. */
  readonly features: ReadonlyMap<string, FeatureObservation>;
  /** Values that the training data did not hold, by feature; features without any are left out. */
  readonly unseen: ReadonlyMap<string, number>;
}

export interface LoadOptions {
  readonly engine?: EngineName;
}

/** Loads an artifact to serve from. Synchronous once loaded; not for two calls at once. */
export async function loadPredictor(directory: string, options: LoadOptions = {}): Promise<Predictor> {
  const artifact = await loadArtifact(directory);
  return createPredictor(artifact, options);
}

export async function createPredictor(artifact: LoadedArtifact, options: LoadOptions = {}): Promise<Predictor> {
  const { model, fitted } = artifact;
  const { target, session } = await openTrained(
    artifact,
    () => chooseEngine(options.engine, undefined, "prediction"),
    "predict",
  );
  const observer = createObserver(model.features);
  const encode = createRowEncoder(model, fitted, { mode: "serving", ...observer });
  const layout = batchLayout(model);
  const feeds = createFeeds(target, layout);
  const heads = target.outputs.map((output) => output.name);
  const columns = featureColumns(asServed(model).features);
  let count = 0;
  const encodeRows = (given: readonly RawRow[]): EncodedBatch => {
    const rows = checkRows(given);
    const fault = findColumnFault(columns, rows);
    if (fault !== undefined) throw fault.failure;
    return encode(rows);
  };
  const score = (batch: EncodedBatch): HeadValues => {
    if (batch.size === 0) return Object.fromEntries(heads.map((head) => [head, new Float32Array()]));
    const found = session.run("predict", feeds(batch));
    count += batch.size;
    return Object.fromEntries(heads.map((head) => [head, Float32Array.from(found[head]?.data ?? [])]));
  };
  return {
    heads,
    columns,
    predict: (given) => score(encodeRows(given)),
    predictEach: (calls, onStage = () => undefined) => {
      const started = performance.now();
      const encoded = calls.map((rows) => orFailure(() => encodeRows(rows)));
      const ready = performance.now();
      const valid = encoded.filter((each) => !(each instanceof Failure)) as readonly EncodedBatch[];
      const values = valid.length === 0 ? {} : score(joinBatches(valid, layout));
      onStage("encode", (ready - started) / 1000);
      onStage("score", (performance.now() - ready) / 1000);
      let at = 0;
      return encoded.map((batch) => {
        if (batch instanceof Failure) return batch;
        const first = at;
        at += batch.size;
        return Object.fromEntries(Object.entries(values).map(([head, all]) => [head, all.subarray(first, at)]));
      });
    },
    report: () => ({ rows: count, unseen: unseenOf(observer), features: observer.features }),
    close: () => session.close(),
  };
}

function unseenOf({ features }: Observer): ReadonlyMap<string, number> {
  return new Map([...features].flatMap(([name, { unseen }]) => (unseen === 0 ? [] : [[name, unseen] as const])));
}

function orFailure<T>(work: () => T): T | Failure {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
