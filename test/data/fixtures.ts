import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll } from "vitest";
import type {
  ColumnExpression,
  DataModel,
  FeatureModel,
  LabelModel,
  SourceModel,
} from "../../src/compiler/model/model.js";
import type { Dataset, EncodedBatch } from "../../src/runtime/data/batches/dataset.js";
import { type DataSpec, type OpenDataOptions, openData } from "../../src/runtime/data/index.js";
import { Failure } from "../../src/runtime/failure.js";

/** Specs as the checker would make them, and folders of files to open. */

export const span = { file: "spec.mtl", start: 10, end: 20 };

export function column(name: string): ColumnExpression {
  return { kind: "column", name, span };
}

export function literal(value: number | string | boolean): ColumnExpression {
  return { kind: "literal", value, span };
}

export function binary(
  left: ColumnExpression,
  operator: Extract<ColumnExpression, { kind: "binary" }>["operator"],
  right: ColumnExpression,
): ColumnExpression {
  return { kind: "binary", operator, left, right, span };
}

type OfKind<K extends FeatureModel["kind"]> = Partial<Extract<FeatureModel, { kind: K }>>;

function common(name: string) {
  return { name, source: column(name), serving: { kind: "data" }, dropout: 0, span } as const;
}

export function categorical(name: string, options: OfKind<"categorical"> = {}): FeatureModel {
  return { ...common(name), kind: "categorical", vocabulary: { kind: "fitted", minCount: 1 }, embed: 4, ...options };
}

export function numeric(name: string, options: OfKind<"numeric"> = {}): FeatureModel {
  return { ...common(name), kind: "numeric", scale: "none", missing: 0, ...options };
}

export function bucket(name: string, options: OfKind<"bucket"> = {}): FeatureModel {
  return { ...common(name), kind: "bucket", boundaries: { kind: "listed", values: [0, 10] }, embed: 4, ...options };
}

export function bag(name: string, options: OfKind<"bag"> = {}): FeatureModel {
  const vocabulary = { kind: "fitted", minCount: 1 } as const;
  return { ...common(name), kind: "bag", vocabulary, embed: 4, pool: "mean", separator: "|", max: 3, ...options };
}

export function sequence(name: string, options: OfKind<"sequence"> = {}): FeatureModel {
  const vocabulary = { kind: "fitted", minCount: 1 } as const;
  return { ...common(name), kind: "sequence", vocabulary, embed: 4, separator: "|", max: 3, keep: "last", ...options };
}

/** Numbers at the positions of the sequence `along`. */
export function numbers(name: string, along: string, options: OfKind<"numbers"> = {}): FeatureModel {
  const rest = { scale: "none", missing: 0, separator: "|", max: 3, keep: "last" } as const;
  return { ...common(name), kind: "numbers", along, ...rest, ...options };
}

export function event(name: string, options: Partial<LabelModel> = {}): LabelModel {
  return { name, base: "event", within: [], source: column(name), span, ...options };
}

export function source(
  paths: string | readonly string[],
  format: SourceModel["format"] = "csv",
  options: Partial<SourceModel["options"]> = {},
): SourceModel {
  const delimiter = format === "tsv" ? "\t" : ",";
  return {
    format,
    paths: typeof paths === "string" ? [paths] : paths,
    options: { header: true, delimiter, nulls: [], trim: false, ...options },
    span,
  };
}

export function spec(data: DataModel, features: readonly FeatureModel[], labels: readonly LabelModel[] = []): DataSpec {
  return { data, features, labels };
}

const folders: string[] = [];

/** A folder with some files, removed after the tests; a name that ends in `.gz` is compressed. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mtlc-data-")));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(content) : content);
  }
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Runs a statement of DuckDB, such as one that writes a Parquet file. */
export async function duckdb(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Opens a spec that is in a folder. */
export async function openIn(folder: string, model: DataSpec, options: Partial<OpenDataOptions> = {}) {
  return openData(model, { specPath: join(folder, "spec.mtl"), ...options });
}

/** What a failing call says, with the folder's name taken out: code, message, notes and help a line each. */
export async function failureOf(folder: string, work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error ?? new Error("nothing failed");
  return error.diagnostics
    .map(({ code, message, notes, help }) =>
      [`${code}: ${message}`, ...notes, ...(help === undefined ? [] : [`help: ${help}`])].join("\n"),
    )
    .join("\n")
    .replaceAll(folder, "FOLDER");
}

/** All rows of a data set as plain arrays. */
export function rowsOf(dataset: Dataset | undefined, options: Partial<Parameters<Dataset["batches"]>[0]> = {}) {
  if (dataset === undefined) throw new Error("there is no such data set");
  const rows: ReturnType<typeof rowsOfBatch> = [];
  for (const batch of dataset.batches({ size: 100, pad: false, ...options }))
    rows.push(...rowsOfBatch(batch, dataset.layout.labels.length));
  return rows;
}

export function rowsOfBatch(batch: EncodedBatch, labelWidth: number) {
  const part = (array: Int32Array | Float32Array, row: number): number[] => {
    const width = array.length / batch.size;
    return Array.from(array.subarray(row * width, (row + 1) * width));
  };
  return Array.from({ length: batch.rows }, (_, row) => ({
    ids: part(batch.ids, row),
    numbers: part(batch.numbers, row),
    labels: part(batch.labels, row).map((value, i) => (batch.known[row * labelWidth + i] === 0 ? null : value)),
    weight: batch.weights[row],
  }));
}

/** The encoded rows of files with the columns `color`, `size` and `click`. */
export async function colorRows(folder: string, ...what: Parameters<typeof source>) {
  const model = spec(
    { train: source(...what) },
    [categorical("color"), numeric("size", { missing: -1 })],
    [event("click")],
  );
  const { train } = await openIn(folder, model, { roles: ["train"] });
  try {
    return rowsOf(train);
  } finally {
    train?.close();
  }
}
