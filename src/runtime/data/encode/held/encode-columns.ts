/** Encodes rows that a program holds by column: the same ids and numbers as of the same rows one by one. */
import { batchLayout } from "../../../../compiler/model/layout.js";
import type { EncodedBatch } from "../../batches/dataset.js";
import { createBatch } from "../../batches/records.js";
import { columnUses, type DataSpec } from "../../uses.js";
import { type FeatureStore, rowFailure, sequenceCheck, storeRow } from "../row-encoder.js";
import { type HeldColumn, type HeldColumns, rowAt, valueAt } from "./columns.js";
import type { PlainColumn } from "./plain-columns.js";

/**
 * Encodes columns: into a batch that this encoder made for as many rows, where one is given. `onRows` is told, now and then, how many of its rows are encoded.
 * Throws a {@link Failure} (MTL7113) for a value that is not what is needed, with its row.
 */
export type ColumnEncoder = (
  columns: HeldColumns,
  into?: EncodedBatch,
  onRows?: (batch: EncodedBatch, rows: number) => void,
) => EncodedBatch;

/**
 * Rows whose columns are all encoded before the next ones: what a program put together row by row lies together in the memory, and what is written stays
 * in the nearest cache.
 */
const blockRows = 128;

/**
 * For features as serving sees them, by their stores (`featureStores`). A feature that is a column as it is goes by column, each value of a dictionary once; what is
 * computed of several columns, and lists, go by row.
 */
export function createColumnEncoder(spec: DataSpec, stores: readonly FeatureStore[]): ColumnEncoder {
  const layout = batchLayout(spec);
  const check = sequenceCheck(spec, "serving");
  const byRow = stores.filter(({ plain }) => plain === undefined);
  const readByRow = columnsOf(byRow);
  return (columns, into, onRows) => {
    const { rows } = columns;
    const batch = into ?? createBatch(layout, rows);
    if (into === undefined) batch.weights.fill(1);
    const absent: FeatureStore[] = [];
    const puts: Put[] = [];
    for (const store of stores) {
      if (store.plain === undefined) continue;
      const column = columns.column(store.plain.column);
      if (column === undefined) absent.push(store);
      else puts.push(createPut(rows, column, store, store.plain));
    }
    const rest = [...byRow, ...absent];
    for (let from = 0; from < rows; from += blockRows) {
      const to = Math.min(rows, from + blockRows);
      for (const put of puts) put(batch, from, to);
      if (rest.length === 0) onRows?.(batch, to);
    }
    const read = absent.length === 0 ? readByRow : columnsOf(rest);
    if (rest.length > 0) storeRows(batch, columns, rest, read, check);
    return batch;
  };
}

/** The raw columns that features read. */
function columnsOf(stores: readonly FeatureStore[]): readonly string[] {
  const features = stores.map(({ feature }) => feature);
  return [...new Set(columnUses(features, [], []).map(({ column }) => column))];
}

/** Values of one column for the rows of a batch from `from` on and before `to`, a block at most. */
type Put = (batch: EncodedBatch, from: number, to: number) => void;

/** Numbers, and codes, of a block: one kind of array for all that a program may hold. */
const numbersOfBlock = new Float64Array(blockRows);
const codesOfBlock = new Int32Array(blockRows);

/** A dictionary of more values for each row is not noted: most of them are not met. */
const mostNoted = 16;

function createPut(rows: number, column: HeldColumn, store: FeatureStore, plain: PlainColumn): Put {
  const { putCodes, putValues, putNumbers } = plain;
  const otherwise = (batch: EncodedBatch, from: number, to: number, many: (at: number) => number): void => {
    for (let at = many(from); at < to; at = many(at + 1)) putOther(batch, at, valueAt(column, at), store, plain);
  };
  if (column.kind === "dictionary" && putCodes !== undefined && column.dictionary.length <= mostNoted * rows) {
    const { codes, dictionary } = column;
    const known = new Int32Array(dictionary.length);
    if (!isWhole(codes))
      return (batch, from, to) =>
        otherwise(batch, from, to, (at) => putCodes(batch, at, to, codes, 0, dictionary, known));
    return (batch, from, to) => {
      codesOfBlock.set(codes.subarray(from, to));
      otherwise(batch, from, to, (at) => putCodes(batch, at, to, codesOfBlock, from, dictionary, known));
    };
  }
  if (column.kind === "array" && Array.isArray(column.data)) {
    const values: readonly unknown[] = column.data;
    return (batch, from, to) => {
      looked.length = lengthOfTexts(values, from, to);
      otherwise(batch, from, to, (at) => putValues(batch, at, to, values, 0));
    };
  }
  if (column.kind === "array" && isNumbers(column.data)) {
    const numbers = column.data;
    return (batch, from, to) => {
      numbersOfBlock.set(numbers.subarray(from, to));
      otherwise(batch, from, to, (at) => putNumbers(batch, at, to, numbersOfBlock, from));
    };
  }
  return (batch, from, to) => {
    for (let at = from; at < to; at += 1) putOther(batch, at, valueAt(column, at), store, plain);
  };
}

/** Where a sum is put, so that compilers do not leave it out. */
const looked = { length: 0 };

/** Asking each text for its length brings many of them from the memory at once, where encoding one after another waits for each. */
function lengthOfTexts(values: readonly unknown[], from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const value = values[at];
    if (typeof value === "string") length += value.length;
  }
  return length;
}

type WholeArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

/** Whether an array's numbers are 32-bit integers. */
function isWhole(values: ArrayLike<number>): values is WholeArray {
  return (
    values instanceof Int32Array ||
    values instanceof Int8Array ||
    values instanceof Uint8Array ||
    values instanceof Int16Array ||
    values instanceof Uint16Array
  );
}

function isNumbers(values: ArrayLike<unknown>): values is WholeArray | Uint32Array | Float32Array | Float64Array {
  return (
    ArrayBuffer.isView(values) &&
    !(values instanceof DataView || values instanceof BigInt64Array || values instanceof BigUint64Array)
  );
}

/** A value by itself, the long way unless it is plain once its number is one that a double holds. */
function putOther(
  batch: EncodedBatch,
  at: number,
  given: unknown,
  { store, user }: FeatureStore,
  plain: PlainColumn,
): void {
  const value = typeof given === "bigint" && Number.isSafeInteger(Number(given)) ? Number(given) : given;
  if (plain.put(batch, at, value)) return;
  try {
    store(batch, at, { [plain.column]: value }, true);
  } catch (error) {
    throw rowFailure(error, at, user);
  }
}

/** The features that need whole rows, of which only the columns that they read are put together. */
function storeRows(
  batch: EncodedBatch,
  columns: HeldColumns,
  stores: readonly FeatureStore[],
  names: readonly string[],
  check: ReturnType<typeof sequenceCheck>,
): void {
  const read = names.flatMap((name) => {
    const column = columns.column(name);
    return column === undefined ? [] : [[name, column] as const];
  });
  for (let at = 0; at < columns.rows; at += 1) storeRow(batch, at, rowAt(read, at), stores, check);
}
