/**
 * Rows that are encoded in the pass that fits, so that files are read once: what waits for the fit is kept as it was read, in its place of the
 * rows, and finished after the pass.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { tableOwner } from "../../../../compiler/model/feature-lists.js";
import { fittedOf } from "../../../../compiler/model/fitted.js";
import type { FeatureModel } from "../../../../compiler/model/model.js";
import { isFittedScale } from "../../../../compiler/model/scales.js";
import { own } from "../../../../compiler/text/index.js";
import { createRecordColumns, createRecordMaker, type RecordColumns } from "../../batches/record-columns.js";
import { recordOffsets, type Records, recordWords } from "../../batches/records.js";
import { createFeatureEncoder } from "../column-encoder.js";
import type { ColumnEncoder } from "../encoded-column.js";
import {
  createColumns,
  columnTarget,
  createRecordsFile,
  type EncodeRequest,
  type EncodeResult,
  fillOwn,
  reportOf,
  violationsOf,
  weightSql,
  withinChecks,
} from "../encode.js";
import { passCategory, type PassColumns } from "../fit/pass-columns.js";
import type { IdTable } from "../../kernels/index.js";
import { type Fitted, fittedWithoutData } from "../fitted.js";
import { createNumberColumn } from "../number-column.js";
import { float64Of } from "../vectors.js";
import type { ColumnChunk } from "../texts/stream-columns.js";
import { type LateColumn, lateMissing, lateNumbers, lateTexts, lateWholes } from "./late-columns.js";

export interface EarlyRequest extends Pick<
  EncodeRequest,
  "relation" | "enums" | "features" | "layout" | "labels" | "weight"
> {
  /** Bytes that may be kept; of more rows nothing is. */
  readonly limit: number;
}

export interface EarlyRows {
  /** Columns of the query. */
  readonly sql: readonly string[];
  /** Takes the next rows, of which the columns are those of the query, and counts what is fitted. */
  take(chunk: ColumnChunk): void;
  /**
   * Writes the files that `encodeRelation` writes, byte for byte, and gives what that gives; undefined where the rows could not be kept. To be called once.
   * @param signal rejects with its reason
   */
  finish(fitted: Fitted, folder: string, options: FinishOptions): Promise<EncodeResult | undefined>;
}

export interface FinishOptions extends Pick<EncodeRequest, "onRows" | "keyed"> {
  readonly signal: AbortSignal | undefined;
}

/** Undefined where a feature waits for the fit in a way that cannot be kept. */
export async function createEarlyRows(request: EarlyRequest, passes: PassColumns): Promise<EarlyRows | undefined> {
  const { relation, layout, features, enums, limit } = request;
  const known = fitsWithoutData(features);
  const late = new Map<string, LateColumn>();
  for (const feature of features) {
    if (isKnown(feature, known)) continue;
    const column = lateColumn(feature, request, passes);
    if (column === undefined) return undefined;
    late.set(feature.name, column);
  }
  const encoderOf = (feature: FeatureModel): ColumnEncoder | Promise<ColumnEncoder> =>
    late.get(feature.name)?.encoder ?? createFeatureEncoder(enums, relation, feature, features, known);
  const columns = await createColumns(request, encoderOf);
  const weight = weightSql(relation, request.weight);
  const stride = recordWords(layout);
  const offsets = { ids: 0, ...recordOffsets(layout) };
  const checks = withinChecks(request, offsets.labels);
  const waiting = columns.filter(({ name }) => name !== undefined && late.has(name));
  let chunks: KeptChunk[] | undefined = [];
  let rows = 0;
  const drop = (): void => {
    chunks = undefined;
    for (const column of late.values()) column.drop();
  };
  const heldBytes = (): number => [...late.values()].reduce((sum, column) => sum + column.bytes(), rows * stride * 4);

  const take = (chunk: ColumnChunk): void => {
    const count = chunk.rowCount;
    const found = createRecordColumns(layout, count);
    for (const [i, column] of columns.entries()) {
      if (chunks === undefined && !waiting.includes(column)) continue;
      const { part, offset, encoder, counts } = column;
      encoder.fill(chunk.getColumnVector(i), columnTarget(found, offsets[part] + offset, count), counts);
    }
    if (chunks === undefined) return;
    const weights = weight === undefined ? undefined : float64Of(chunk.getColumnVector(columns.length));
    fillOwn(found, request, weights, count);
    chunks.push({ columns: found, rows: count });
    rows += count;
    if (heldBytes() > limit || [...late.values()].some((column) => !column.isWhole())) drop();
  };

  const finish: EarlyRows["finish"] = async (fitted, folder, { onRows, keyed, signal }) => {
    const finishers = waiting.map((column) => {
      const feature = features.find(({ name }) => name === column.name)!;
      return { column, finisher: late.get(feature.name)?.finisher(fittedOf(fitted, feature)) };
    });
    if (chunks === undefined || finishers.some((each) => each.finisher === undefined)) return undefined;
    const file = createRecordsFile(folder, layout, keyed);
    const tables = smallTables(finishers.flatMap(({ finisher }) => finisher?.table ?? []));
    const maker = createRecordMaker(layout, tables);
    let done = 0;
    try {
      for (const group of groupsOf(chunks, stride)) {
        const count = group.reduce((sum, each) => sum + each.rows, 0);
        const made = maker.columns(count);
        joinChunks(group, made, stride);
        for (const { column, finisher } of finishers) {
          const { part, offset, counts } = column;
          const word = offsets[part] + offset;
          const table = finisher?.table === undefined ? -1 : tables.indexOf(finisher.table);
          const found = table < 0 ? undefined : made.kernels?.pickIds(table, word, count, made.step);
          counts.nulls += found?.nulls ?? 0;
          counts.unseen += found?.unseen ?? 0;
          if (found !== undefined) continue;
          let start = 0;
          for (const { rows: own } of group) {
            const target = columnTarget(made, word, own);
            finisher?.fill({ ...target, first: target.first + start }, counts);
            start += own;
          }
        }
        const records = file.write(maker, made, count);
        for (const check of checks) check.run(records, stride, count);
        for (const { rows: own } of group) onRows((done += own));
        freeNow(group.map(({ columns: { records: kept } }) => kept));
        await nextTurn();
        signal?.throwIfAborted();
      }
    } finally {
      file.close();
      drop();
    }
    return {
      rows,
      report: reportOf(rows, columns),
      hashes: { rows: file.hash() },
      keys: file.keys(),
      violations: violationsOf(checks),
    };
  };
  return {
    sql: [...columns.map(({ encoder }) => encoder.sql), ...(weight === undefined ? [] : [weight])],
    take,
    finish,
  };
}

/** Rows that were kept together. */
interface KeptChunk {
  readonly columns: RecordColumns;
  readonly rows: number;
}

/** Rows, and words, that are finished together: more of a column one after another find the same lines of its table of ids in a near cache, where those of single chunks find them gone. */
const [groupRows, groupWords] = [2 ** 15, 2 ** 21];

function groupsOf(chunks: readonly KeptChunk[], width: number): readonly (readonly KeptChunk[])[] {
  const most = Math.min(groupRows, Math.floor(groupWords / width));
  const groups: KeptChunk[][] = [];
  let rows = Infinity;
  for (const chunk of chunks) {
    rows += chunk.rows;
    if (rows > most) {
      groups.push([]);
      rows = chunk.rows;
    }
    groups.at(-1)!.push(chunk);
  }
  return groups;
}

/** Puts the columns of chunks behind one another. */
function joinChunks(chunks: readonly KeptChunk[], { records: { words }, step }: RecordColumns, width: number): void {
  let start = 0;
  for (const { columns, rows } of chunks) {
    for (let word = 0; word < width; word++)
      words.set(columns.records.words.subarray(word * columns.step, word * columns.step + rows), word * step + start);
    start += rows;
  }
}

/** Ids of the tables that are copied for kernels, in all. */
const mostIds = 2 ** 23;

function smallTables(tables: readonly IdTable[]): readonly IdTable[] {
  let left = mostIds;
  return tables.filter(({ ids }) => (left -= ids.length) >= 0);
}

/** Frees the memory of rows that nobody reads any more: given to a port that is closed it goes at once, by itself with some later collection of garbage. A port takes as long as a column of rows. */
function freeNow(records: readonly Records[]): void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(
    undefined,
    records.flatMap(({ words: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
  );
  port1.close();
}

/** The fits that need no data. */
function fitsWithoutData(features: readonly FeatureModel[]): Fitted {
  const entries = features.flatMap((feature) => {
    const fit = tableOwner(feature) === feature.name ? fittedWithoutData(feature) : undefined;
    return fit === undefined ? [] : [[feature.name, fit] as const];
  });
  return { rows: 0, features: Object.fromEntries(entries) };
}

function isKnown(feature: FeatureModel, { features }: Fitted): boolean {
  return own(features, tableOwner(feature)) !== undefined;
}

function lateColumn(
  feature: FeatureModel,
  { relation: { columns } }: EarlyRequest,
  { numbers, categories, room }: PassColumns,
): LateColumn | undefined {
  switch (feature.kind) {
    case "numeric":
    case "bucket": {
      const { sql, valuesOf } = createNumberColumn(feature.source, columns);
      const pass = numbers.get(feature.name) ?? { sql, take: valuesOf };
      return feature.kind === "numeric" && !isFittedScale(feature)
        ? lateMissing(feature, pass)
        : lateNumbers(feature, pass);
    }
    case "categorical": {
      const pass = categories.get(feature.name) ?? passCategory(feature, columns, room);
      if (pass === undefined) return undefined;
      return pass.kind === "texts" ? lateTexts(feature, pass) : lateWholes(feature, pass);
    }
    case "bag":
    case "sequence":
    case "numbers":
      return undefined;
  }
}
