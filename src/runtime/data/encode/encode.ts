/** Encodes the rows of a relation into a file of records, in their order, a chunk at a time. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { isListFeature, isWeighted } from "../../../compiler/model/feature-lists.js";
import type { FeatureModel, LabelModel } from "../../../compiler/model/model.js";
import {
  createFeatureEncoder,
  createGroupEncoder,
  createLabelEncoder,
  createWeightEncoder,
  type GroupEncoder,
} from "./column-encoder.js";
import { onlyColumn } from "./boolean-column.js";
import type { ColumnEncoder, Counts, Target } from "./encoded-column.js";
import type { Database } from "../files/database.js";
import type { EncodingReport } from "../batches/dataset.js";
import { compileFinite } from "../expressions/expression-sql.js";
import type { Enums } from "../expressions/enums.js";
import type { Fitted } from "./fitted.js";
import { createRecordMaker, type RecordColumns, type RecordMaker } from "../batches/record-columns.js";
import { recordBytes, recordOffsets, type Records, recordWords } from "../batches/records.js";
import { createRowKeys } from "../batches/row-keys.js";
import type { Relation } from "../files/relation.js";
import { orByDatabase, streamColumns } from "./texts/stream-columns.js";
import { seeTexts } from "./texts/see-texts.js";
import { float64Of } from "./vectors.js";

export interface EncodeRequest {
  readonly relation: Relation;
  readonly enums: Enums;
  readonly features: readonly FeatureModel[];
  readonly layout: BatchLayout;
  readonly fitted: Fitted;
  /** The labels that the files have; the others of the layout are null. */
  readonly labels: readonly LabelModel[];
  readonly weight: string | undefined;
  readonly group: string | undefined;
  /** The column of lists, where it is not that of groups. */
  readonly lists: string | undefined;
  /** Columns that metrics group rows by, besides. */
  readonly groupedBy: readonly string[];
  readonly onRows: (rows: number) => void;
  /** Whether keys of the rows are wanted. */
  readonly keyed: boolean;
}

export interface EncodeResult {
  readonly rows: number;
  readonly report: EncodingReport;
  /** How often a label held where one that it implies did not. */
  readonly violations: readonly Violation[];
  readonly hashes: RecordHashes;
  /** Of the rows (`row-keys.ts`), where they are asked for and not too many. */
  readonly keys: Float64Array | undefined;
}

/** SHA-256 of the files that were written, as they were written. */
export interface RecordHashes {
  readonly rows: string;
  /** Absent without groups. */
  readonly groups?: string;
  /** Absent without lists of their own. */
  readonly lists?: string;
  /** Of each column of {@link EncodeRequest.groupedBy}; absent without any. */
  readonly groupedBy?: readonly string[];
}

export interface Violation {
  readonly label: string;
  readonly outer: string;
  readonly count: number;
}

/** Names of the files in the folder that is written to. */
export const recordsFile = "rows.bin";
export const groupsFile = "groups.bin";
export const listsFile = "lists.bin";
export const groupedByFile = (index: number): string => `groups-${index + 1}.bin`;

/** Thrown for a sample weight that is null or negative; the caller finds the row. */
export class BadWeight extends Error {
  override readonly name = "BadWeight";
}

/** The parts of a row that columns are encoded into. */
export type RowPart = "ids" | "numbers" | "labels";

/** A column of a query, and where it goes. */
export interface EncodedColumn {
  /** Of the column in the report, which has no line for weights of values. */
  readonly name?: string;
  readonly part: RowPart;
  /** Word of the part. */
  readonly offset: number;
  readonly encoder: ColumnEncoder;
  readonly counts: Counts;
}

/** Writes {@link recordsFile}, {@link groupsFile} when there is a group, and {@link listsFile} when there are lists. */
export async function encodeRelation(database: Database, given: EncodeRequest, folder: string): Promise<EncodeResult> {
  return orByDatabase(given.relation, (relation) => encodeRows(database, { ...given, relation }, folder));
}

async function encodeRows(database: Database, given: EncodeRequest, folder: string): Promise<EncodeResult> {
  const request = { ...given, relation: await seeTexts(database, given.relation, plainColumns(given)) };
  const { relation, layout } = request;
  const weight = weightSql(relation, request.weight);
  const parts = await createColumns(request, fittedEncoders(request));
  const codes = codeFiles(request, folder);
  const selected = [
    ...parts.map(({ encoder }) => encoder.sql),
    ...(weight === undefined ? [] : [weight]),
    ...codes.map(({ encoder }) => encoder.sql),
  ];
  const stride = recordWords(layout);
  const offsets = { ids: 0, ...recordOffsets(layout) };
  const checks = withinChecks(request, offsets.labels);
  const maker = createRecordMaker(layout);
  let rows = 0;
  const file = createRecordsFile(folder, layout, request.keyed);
  try {
    const how = request.features.some(isListFeature) ? undefined : "beside";
    for await (const chunk of streamColumns(database, relation, selected, how)) {
      const count = chunk.rowCount;
      const columns = maker.columns(count);
      for (const [i, { part, offset, encoder, counts }] of parts.entries())
        encoder.fill(chunk.getColumnVector(i), columnTarget(columns, offsets[part] + offset, count), counts);
      const weights = weight === undefined ? undefined : float64Of(chunk.getColumnVector(parts.length));
      fillOwn(columns, request, weights, count);
      const records = file.write(maker, columns, count);
      for (const check of checks) check.run(records, stride, count);
      for (const [i, { encoder, out, hash }] of codes.entries()) {
        const found = encoder.codes(chunk.getColumnVector(selected.length - codes.length + i), count);
        const bytesOfCodes = new Uint8Array(found.buffer);
        writeAll(out, bytesOfCodes);
        hash.update(bytesOfCodes);
      }
      rows += count;
      request.onRows(rows);
    }
  } finally {
    file.close();
    for (const { out } of codes) closeSync(out);
  }
  return {
    rows,
    report: reportOf(rows, parts),
    hashes: {
      rows: file.hash(),
      ...hashesOf(codes),
    },
    keys: file.keys(),
    violations: violationsOf(checks),
  };
}

export function reportOf(rows: number, columns: readonly EncodedColumn[]): EncodingReport {
  return {
    rows,
    columns: columns.flatMap(({ name, counts }) => (name === undefined ? [] : [{ column: name, ...counts }])),
  };
}

export function violationsOf(checks: readonly Violation[]): readonly Violation[] {
  return checks.filter(({ count }) => count > 0).map(({ label, outer, count }) => ({ label, outer, count }));
}

/** The columns that features and labels of one value are, and those of which an event of one column says whether it holds. */
export function plainColumns({ features, labels }: Pick<EncodeRequest, "features" | "labels">): readonly string[] {
  const columnOf = ({ source }: FeatureModel | LabelModel): readonly string[] =>
    source.kind === "column" ? [source.name] : [];
  return [
    ...features.filter((feature) => !isListFeature(feature)).flatMap(columnOf),
    ...labels.flatMap((label) => (label.base === "event" ? (onlyColumn(label.source) ?? []) : columnOf(label))),
  ];
}

function hashesOf(codes: readonly CodeFile[]): Omit<RecordHashes, "rows"> {
  const found = codes.map(({ name, hash }) => [name, hash.digest("hex")] as const);
  const groupedBy = found.flatMap(([name, hash]) => (name === "groupedBy" ? [hash] : []));
  return {
    ...Object.fromEntries(found.filter(([name]) => name !== "groupedBy")),
    ...(groupedBy.length === 0 ? {} : { groupedBy }),
  };
}

interface CodeFile {
  readonly name: "groups" | "lists" | "groupedBy";
  readonly encoder: GroupEncoder;
  readonly out: number;
  readonly hash: Hash;
}

/** The files of codes beside the records, open. */
function codeFiles({ relation, group, lists, groupedBy }: EncodeRequest, folder: string): readonly CodeFile[] {
  const open = (name: CodeFile["name"], column: string | undefined, path: string): readonly CodeFile[] =>
    column === undefined
      ? []
      : [
          {
            name,
            encoder: createGroupEncoder(relation, column),
            out: openSync(join(folder, path), "w"),
            hash: createHash("sha256"),
          },
        ];
  return [
    ...open("groups", group, groupsFile),
    ...open("lists", lists, listsFile),
    ...groupedBy.flatMap((column, index) => open("groupedBy", column, groupedByFile(index))),
  ];
}

/** What encodes each feature by what is fitted. */
export function fittedEncoders({
  enums,
  relation,
  features,
  fitted,
}: Pick<EncodeRequest, "enums" | "relation" | "features" | "fitted">): (
  feature: FeatureModel,
) => Promise<ColumnEncoder> {
  return (feature) => createFeatureEncoder(enums, relation, feature, features, fitted);
}

/** The columns of features and labels, in the order of the query. */
export async function createColumns(
  { relation, features, labels, layout }: Pick<EncodeRequest, "relation" | "features" | "labels" | "layout">,
  encoderOf: (feature: FeatureModel) => ColumnEncoder | Promise<ColumnEncoder>,
): Promise<readonly EncodedColumn[]> {
  const columns: EncodedColumn[] = [];
  const noCounts = (): Counts => ({ nulls: 0, unseen: 0 });
  for (const feature of features) {
    const numbers = layout.numbers.find((slot) => slot.feature === feature.name)?.offset ?? 0;
    const ids = layout.ids.find((slot) => slot.feature === feature.name)?.offset;
    const encoder = await encoderOf(feature);
    const place =
      ids === undefined ? ({ part: "numbers", offset: numbers } as const) : ({ part: "ids", offset: ids } as const);
    columns.push({ name: feature.name, ...place, encoder, counts: noCounts() });
    if (isWeighted(feature))
      columns.push({
        part: "numbers",
        offset: numbers,
        encoder: createWeightEncoder(relation, feature),
        counts: noCounts(),
      });
  }
  for (const label of labels)
    columns.push({
      name: label.name,
      part: "labels",
      offset: layout.labels.indexOf(label.name),
      encoder: createLabelEncoder(relation, label),
      counts: noCounts(),
    });
  return columns;
}

/** The weight of a row: its column's, times what the row stands for in a sample; undefined where all are 1. */
export function weightSql({ columns, sampled }: Relation, weight: string | undefined): string | undefined {
  if (weight === undefined && sampled === undefined) return undefined;
  const column = { kind: "column", name: weight ?? "", span: { file: "", start: 0, end: 0 } } as const;
  const own = weight === undefined ? "CAST(1 AS DOUBLE)" : `coalesce(${compileFinite(column, columns)}, -1)`;
  if (sampled === undefined) return own;
  return `${own} * CASE WHEN ${sampled.isNegative} THEN CAST('${sampled.factor}' AS DOUBLE) ELSE CAST(1 AS DOUBLE) END`;
}

/** Where a column that begins at a word of a row goes. */
export function columnTarget({ records, step }: RecordColumns, word: number, rows: number): Target {
  return { records, first: word * step, stride: 1, step, rows };
}

/** The columns that no encoder fills: labels that the files do not have, and weights. */
export function fillOwn(
  { records: { floats }, step }: RecordColumns,
  { labels, layout }: Pick<EncodeRequest, "labels" | "layout">,
  weights: Float64Array | undefined,
  rows: number,
): void {
  const offsets = recordOffsets(layout);
  for (const [i, name] of layout.labels.entries()) {
    const first = (offsets.labels + i) * step;
    if (!labels.some((label) => label.name === name)) floats.fill(NaN, first, first + rows);
  }
  fillWeights(floats, weights, offsets.weight * step, rows);
}

export function fillWeights(floats: Float32Array, values: Float64Array | undefined, first: number, rows: number): void {
  if (values === undefined) {
    floats.fill(1, first, first + rows);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value < 0) throw new BadWeight();
    floats[first + row] = value;
  }
}

/** Checks of `within`: where a label holds, so must each label that it implies. An amount holds where it is not 0. */
export function withinChecks({ labels, layout }: Pick<EncodeRequest, "labels" | "layout">, first: number) {
  return labels.flatMap((label) =>
    label.within
      .filter((outer) => labels.some(({ name }) => name === outer))
      .map((outer) => {
        const own = first + layout.labels.indexOf(label.name);
        const other = first + layout.labels.indexOf(outer);
        const check = {
          label: label.name,
          outer,
          count: 0,
          run: ({ floats }: Records, stride: number, rows: number): void => {
            for (let row = 0; row < rows; row++) {
              const value = floats[row * stride + own]!;
              const holds = value === value && (value !== 0 || label.base === "classes");
              if (holds && floats[row * stride + other] === 0) check.count += 1;
            }
          },
        };
        return check;
      }),
  );
}

/** The file of records in a folder, open; `hash` is of all that was written. */
export function createRecordsFile(folder: string, layout: BatchLayout, keyed: boolean) {
  const out = openSync(join(folder, recordsFile), "w");
  const hash = createHash("sha256");
  const keys = keyed ? createRowKeys(layout) : undefined;
  const rowBytes = recordBytes(layout);
  return {
    /** Gives the columns as rows, good until the maker makes others. */
    write: (maker: RecordMaker, columns: RecordColumns, rows: number): Records => {
      keys?.add(columns, rows);
      const records = maker.records(columns, rows);
      const { buffer, byteOffset } = records.words;
      const bytes = new Uint8Array(buffer, byteOffset, rows * rowBytes);
      writeAll(out, bytes);
      hash.update(bytes);
      return records;
    },
    close: () => closeSync(out),
    hash: () => hash.digest("hex"),
    keys: () => keys?.all(),
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
