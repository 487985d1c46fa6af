/** Encodes rows that a program holds by column: the same ids and numbers as of the same rows one by one. */
import { batchLayout } from "../../../../compiler/model/layout.js";
import type { EncodedBatch } from "../../batches/dataset.js";
import { createBatch } from "../../batches/records.js";
import { columnUses, type DataSpec } from "../../uses.js";
import { type FeatureStore, rowFailure, sequenceCheck, storeRow } from "../row-encoder.js";
import { type HeldColumn, type HeldColumns, rowAt, valueAt } from "./columns.js";

/** Throws a {@link Failure} (MTL7113) for a value that is not what is needed, with its row. */
export type ColumnEncoder = (columns: HeldColumns) => EncodedBatch;

/**
 * For features as serving sees them, by their stores (`featureStores`). A feature that is a column as it is goes by column, each value of a dictionary once; what is
 * computed of several columns, and lists, go by row.
 */
export function createColumnEncoder(spec: DataSpec, stores: readonly FeatureStore[]): ColumnEncoder {
  const layout = batchLayout(spec);
  const check = sequenceCheck(spec, "serving");
  const byRow = stores.filter(({ plain }) => plain === undefined);
  const readByRow = columnsOf(byRow);
  return (columns) => {
    const batch = createBatch(layout, columns.rows);
    batch.weights.fill(1);
    const absent: FeatureStore[] = [];
    for (const store of stores) {
      if (store.plain === undefined) continue;
      const column = columns.column(store.plain.column);
      if (column === undefined) absent.push(store);
      else putColumn(batch, columns.rows, column, store, store.plain);
    }
    const rest = [...byRow, ...absent];
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

/** Of fewer rows each value is looked up: a note of where each value of a dictionary is first costs more. */
const fewestNoted = 16;

type Plain = NonNullable<FeatureStore["plain"]>;

function putColumn(batch: EncodedBatch, rows: number, column: HeldColumn, store: FeatureStore, plain: Plain): void {
  if (column.kind === "dictionary" && plain.copy !== undefined && rows >= fewestNoted) {
    putDictionary(batch, rows, column, store, { ...plain, copy: plain.copy });
    return;
  }
  for (let at = 0; at < rows; at += 1) putValue(batch, at, valueAt(column, at), store, plain);
}

/** Each value of the dictionary is looked up where it is first, and copied to where it is again. */
function putDictionary(
  batch: EncodedBatch,
  rows: number,
  column: Extract<HeldColumn, { kind: "dictionary" }>,
  store: FeatureStore,
  plain: Required<Plain>,
): void {
  const { codes, dictionary } = column;
  const firstRow = new Int32Array(dictionary.length).fill(-1);
  for (let at = 0; at < rows; at += 1) {
    const code = codes[at]!;
    const known = firstRow[code] ?? -1;
    if (known >= 0) plain.copy(batch, known, at);
    else if (putValue(batch, at, valueAt(column, at), store, plain)) firstRow[code] = at;
  }
}

/** Whether the value was plain. */
function putValue(
  batch: EncodedBatch,
  at: number,
  given: unknown,
  { store, user }: FeatureStore,
  plain: Plain,
): boolean {
  const value = typeof given === "bigint" && Number.isSafeInteger(Number(given)) ? Number(given) : given;
  if (plain.put(batch, at, value)) return true;
  try {
    store(batch, at, { [plain.column]: value }, true);
  } catch (error) {
    throw rowFailure(error, at, user);
  }
  return false;
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
