/** Predictions of a trained artifact for files; for rows that a program holds, see `predictor.ts`. */
import { omitUndefined } from "../../../compiler/text/index.js";
import { batchLayout } from "../../../compiler/model/layout.js";
import type { Model } from "../../../compiler/model/model.js";
import { artifactModel, loadArtifact, type LoadedArtifact, readArtifact, readRunNote } from "../../artifact/index.js";
import {
  type BlockTaker,
  type DataProgress,
  encodeRows,
  type KeptColumns,
  keptUses,
  type TableColumn,
  type TableFormat,
  writeTable,
} from "../../data/index.js";
import { type EngineName, preferredEngine } from "../../engine/index.js";
import { createFailure } from "../../failure.js";
import { createDataWarnings } from "../data-warnings.js";
import { checkWritable, refuseOverwrite } from "../../outputs.js";
import { asServed } from "../../data/expressions/served-rows.js";
import { chainsOverSignals, predictChains } from "./predict-chains.js";
import type { TrainEvent } from "../../events.js";
import { type FileSession, openForFiles } from "./open-by-size.js";
import { openRowScorer, type RowScorer, type RowThreads, startForBytes } from "./score-rows.js";
import { statOf } from "../../stat-of.js";

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

type ColumnsOptions = Omit<PredictOptions, "output" | "format"> & {
  /** Of the table that `keep` is for; default Parquet. */
  readonly format?: TableFormat;
  /** File that the predictions go to; refused (MTL8013) when it is one of the files. */
  readonly output?: string;
};

/** Predicts every row of the files; `keep` names columns that a table of the predictions has beside them. */
export async function predictColumns(options: ColumnsOptions): Promise<PredictedColumns> {
  const { engine = preferredEngine() } = options;
  // Engines that are asked for have threads of their own, or are asked for by name.
  const started = engine === undefined ? startForBytes(bytesOf(options.files)) : undefined;
  try {
    return await predictWith(started, options);
  } finally {
    await started?.close();
  }
}

/** Of those that are files of this machine. */
function bytesOf(files: readonly string[]): number {
  return files.reduce((bytes, file) => bytes + (statOf(file)?.size ?? 0), 0);
}

async function predictWith(started: RowThreads | undefined, options: ColumnsOptions): Promise<PredictedColumns> {
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
  const reading = {
    ...places,
    role: "test" as const,
    fitted,
    kept: keptUses(keep, options.format ?? "parquet"),
    onProgress: (progress: DataProgress) => onEvent({ kind: "data", ...progress }),
  };
  const scoring = createScoring(artifact, started, options);
  try {
    const encoded = await encodeRows(model, reading, scoring.open);
    if (encoded === undefined) throw createFailure("MTL7302", { role: "test", option: "--test" });
    const { report } = encoded;
    warnings.tell(encoded.warnings);
    onEvent({ kind: "encoded", role: "test", report });
    const heads = await scoring.finish();
    const kept: KeptColumns = { spec: model, role: "test", names: keep, options: places };
    return { rows: report.rows, heads, ...(keep.length === 0 ? {} : { kept }) };
  } finally {
    await scoring.close();
  }
}

/** Predictions of the rows of files while these are read. */
interface Scoring {
  readonly open: () => Promise<BlockTaker>;
  /** Once all rows are read: says which engine predicts them, and gives what it does. */
  readonly finish: () => Promise<ReadonlyMap<string, Float32Array>>;
  readonly close: () => Promise<void>;
}

function createScoring(
  artifact: LoadedArtifact,
  started: RowThreads | undefined,
  { engine, signal, onEvent = () => undefined }: Pick<PredictOptions, "engine" | "signal" | "onEvent">,
): Scoring {
  // What is said of the engine is said after what is said of the data.
  const said: TrainEvent[] = [];
  let session: FileSession | undefined;
  let scorer: RowScorer | undefined;
  return {
    open: async () => {
      session = await openForFiles(artifact, engine, (event) => said.push(event));
      scorer = openRowScorer(artifact, session, batchLayout(artifact.model), { signal, started });
      return scorer;
    },
    finish: async () => {
      said.forEach(onEvent);
      return (await scorer?.finish()) ?? new Map<string, Float32Array>();
    },
    close: async () => {
      await scorer?.close();
      session?.session.close();
    },
  };
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
