/** Predictions for rows that a program holds. */
import { batchLayout } from "../../../compiler/model/layout.js";
import { loadArtifact, type LoadedArtifact } from "../../artifact/index.js";
import {
  type Columns,
  createColumnEncoder,
  createObserver,
  createRowEncoder,
  type EncodedBatch,
  type FeatureObservation,
  featureStores,
  HeldColumns,
  holdColumns,
  joinBatches,
  type Observer,
  type RawRow,
} from "../../data/index.js";
import { type FeatureColumn, featureColumns, findColumnFault } from "../../data/expressions/row-columns.js";
import { asServed, checkRows } from "../../data/expressions/served-rows.js";
import { batchBytes } from "../../data/batches/records.js";
import type { EngineName } from "../../engine/index.js";
import { Failure } from "../../failure.js";
import { createFeeds } from "../../measure/feeds.js";
import { type OnEncoded, openBeside } from "./beside.js";
import { openBySize } from "./open-by-size.js";

/** A trained model that answers in this process. */
export interface Predictor {
  /** Names of the served heads. */
  readonly heads: readonly string[];
  /** The raw columns that a row provides. */
  readonly columns: readonly FeatureColumn[];
  /** What computes a call of so many rows: the fastest engine that is there for it. Trees need none. */
  readonly engineFor: (rows: number) => EngineName | "trees";
  /**
   * The value of each served head for each row. A row is a record of raw column values; null is unknown. Throws a
   * {@link Failure}: MTL7211 for what is not a list of records, MTL7210 for a column that no row has or that a row has
   * misspelt, MTL7113 for a value that is not what the spec's feature needs.
   */
  readonly predict: (rows: readonly RawRow[]) => HeadValues;
  /**
   * The same of rows by column, with no record a row: arrays, typed arrays, dictionaries with codes, vectors or a table of Apache Arrow.
   * Columns that no feature reads may be there. Throws a {@link Failure}: MTL7214 for what is not a column and for columns of different
   * lengths, MTL7210 for a column that is missing, MTL7113 for a value that is not what the spec's feature needs.
   */
  readonly predictColumns: (columns: Columns) => HeadValues;
  /**
   * The same for several calls at once, of records or by column (`holdColumns`), which the engine sees as one batch. What is wrong with a call is the answer to this call
   * and no matter of the others. `onStage` is told how long a stage took.
   */
  readonly predictEach: (
    calls: readonly (readonly RawRow[] | HeldColumns)[],
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
  /** Default: `MTLC_ENGINE`, else what is fastest for the rows of each call. */
  readonly engine?: EngineName;
  /**
   * Whether calls are computed in one thread; default: where one session of one thread is for calls of any size, a thread beside it predicts some of the rows
   * of a call of 512 and more, if another core is there; `fused` has a thread for each core.
   */
  readonly oneThread?: boolean;
}

/** Bytes of the arrays of a call that are kept for the next one, at most: new ones would have to be cleared, and collected. */
const mostKept = 1 << 22;

/** Loads an artifact to serve from in this thread, and in one beside it unless the options say otherwise. */
export async function openPredictor(directory: string, options: LoadOptions = {}): Promise<Predictor> {
  const artifact = await loadArtifact(directory);
  return createPredictor(artifact, options);
}

export async function createPredictor(artifact: LoadedArtifact, options: LoadOptions = {}): Promise<Predictor> {
  const { model, fitted } = artifact;
  const { target, sessionFor, engineFor, single, close } = await openBySize(
    artifact,
    options.engine,
    options.oneThread,
  );
  const observer = createObserver(model.features);
  const serving = { mode: "serving", ...observer } as const;
  // Both ways look ids up in the same vocabularies.
  const stores = featureStores(model, fitted, serving);
  const encode = createRowEncoder(model, fitted, serving, stores);
  const encodeColumns = createColumnEncoder(model, stores);
  const layout = batchLayout(model);
  const beside = options.oneThread === true || single === undefined ? undefined : openBeside(artifact, single, layout);
  const feeds = createFeeds(target, layout);
  const heads = target.outputs.map((output) => output.name);
  const columns = featureColumns(asServed(model).features);
  let count = 0;
  const checked = (given: readonly RawRow[]): readonly RawRow[] => {
    const rows = checkRows(given);
    const fault = findColumnFault(columns, rows);
    if (fault !== undefined) throw fault.failure;
    return rows;
  };
  const encodeHeld = (held: HeldColumns, into?: EncodedBatch, onRows?: OnEncoded): EncodedBatch => {
    // All rows have the same columns: one stands for them.
    const row = Object.fromEntries(held.names.map((name) => [name, null]));
    const fault = findColumnFault(columns, held.rows === 0 ? [] : [row]);
    if (fault !== undefined) throw fault.failure;
    return encodeColumns(held, into, onRows);
  };
  const score = (batch: EncodedBatch): HeadValues => {
    if (batch.size === 0) return Object.fromEntries(heads.map((head) => [head, new Float32Array()]));
    const found = sessionFor(batch.size).run("predict", feeds(batch));
    count += batch.size;
    return Object.fromEntries(heads.map((head) => [head, new Float32Array(found[head]?.data ?? [])]));
  };
  // Calls of one size, one row above all, are encoded into the same memory.
  let last: EncodedBatch | undefined;
  const again = (rows: number, encodeInto: (into: EncodedBatch | undefined) => EncodedBatch): EncodedBatch => {
    if (batchBytes(layout, rows) > mostKept) return encodeInto(undefined);
    last = encodeInto(last?.size === rows ? last : undefined);
    return last;
  };
  const answer = (
    rows: number,
    encodeInto: (into: EncodedBatch | undefined, onRows?: OnEncoded) => EncodedBatch,
  ): HeadValues => {
    if (beside?.pays(rows) !== true) return score(again(rows, encodeInto));
    const values = beside.predict(rows, (onRows) => again(rows, (into) => encodeInto(into, onRows)));
    count += rows;
    return values;
  };
  return {
    heads,
    columns,
    engineFor,
    predict: (given) => {
      const rows = checked(given);
      return answer(rows.length, (into, onRows) => encode(rows, into, onRows));
    },
    predictColumns: (given) => {
      const held = holdColumns(given);
      return answer(held.rows, (into, onRows) => encodeHeld(held, into, onRows));
    },
    predictEach: (calls, onStage = () => undefined) => {
      const started = performance.now();
      const encoded = calls.map((call) =>
        orFailure(() => (call instanceof HeldColumns ? encodeHeld(call) : encode(checked(call)))),
      );
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
    close: () => {
      beside?.close();
      close();
    },
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
