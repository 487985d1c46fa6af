/**
 * Rows of files as records, in their order and in constant memory: what `mtlc rank` ranks. Their values are clean by the
 * rules of `values.ts`, whichever format holds them, as they are for the network that trains on the same file.
 */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import { formatOfName } from "../../../compiler/formats/index.js";
import type { FileReading } from "../../../compiler/model/model.js";
import { emptyRecord, isUrl } from "../../../compiler/text/index.js";
import { createFailure, Failure, noLocation } from "../../failure.js";
import { openCacheFolder } from "../batches/cache.js";
import type { QueryColumn } from "./cell-blocks.js";
import type { FileColumn } from "./columns.js";
import { type Database, withDatabase } from "./database.js";
import { explainReadError } from "./diagnose.js";
import { type BrokenLine, jsonRowsOf } from "./json-rows.js";
import type { RawRow } from "../expressions/expression-evaluate.js";
import { isZstd, literalPath, requestOfArguments } from "./files.js";
import { createGzipCheck } from "./gzip.js";
import { linesSql } from "./lines/line-formats.js";
import { copyRemoteFile, findRemoteFiles } from "./remote/remote-files.js";
import { createCells, createNumbers } from "./row-cells.js";
import { openSource, rawColumns, rowsSql } from "./source.js";
import { lineBatches } from "./text-lines.js";
import type { TextRules } from "../expressions/values.js";
import { findZstdFault } from "./zstd.js";

export interface RawRowOptions {
  /** How the spec reads files: the format of those whose name tells none, texts that mean null, the delimiter. */
  readonly reading?: FileReading | undefined;
  /** Columns that are read, for formats that leave out what is 0 or empty. */
  readonly columns?: readonly string[];
  /** Columns of which only the numbers matter: texts that spell one come as numbers. */
  readonly numbers?: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of the files, one file after the other. A {@link Failure} says which file or line cannot be read. */
export async function* streamRawRows(
  files: readonly string[],
  options: RawRowOptions = {},
): AsyncGenerator<RawRow | BrokenLine, void, undefined> {
  for await (const rows of streamRawRowBatches(files, options)) yield* rows;
}

/** The same, as many at once as were read at once: a few thousand. Those before a line that cannot be read come before its failure. */
export async function* streamRawRowBatches(
  files: readonly string[],
  { reading, columns = [], numbers = new Set(), signal }: RawRowOptions = {},
): AsyncGenerator<readonly (RawRow | BrokenLine)[], void, undefined> {
  for (const file of files) {
    const isElsewhere = isUrl(file);
    if (!isElsewhere && (await stat(file).catch(() => undefined)) === undefined)
      throw createFailure("MTL8007", { file, problem: "there is no such file" });
    const format = formatOfName(file) ?? reading?.format;
    if (format === undefined)
      throw createFailure("MTL7518", {
        file,
        problem: "its name tells no format",
        expected: ".jsonl, .csv, .tsv, .parquet or .libsvm, or `data { format: … }` in the spec",
      });
    if (format === "jsonl") {
      const path = isElsewhere ? await localCopy(file, signal) : file;
      yield* jsonRows({ file, path }, rulesOf(reading), signal);
    } else yield* tableRows(file, { reading, columns, numbers }, signal);
  }
}

/** The path of a copy of a file of a server. */
async function localCopy(url: string, signal: AbortSignal | undefined): Promise<string> {
  const folder = await openCacheFolder(process.cwd());
  return withDatabase({ folder, signal }, async (database) => {
    const [remote, ...others] = await findRemoteFiles(database, url, noLocation());
    if (remote === undefined || others.length > 0)
      throw createFailure("MTL8007", {
        file: url,
        problem: remote === undefined ? "there is no such file" : "name one file",
      });
    return copyRemoteFile(database, remote, noLocation());
  });
}

export function rulesOf(reading: FileReading | undefined): TextRules {
  return reading?.options ?? { nulls: [], trim: false };
}

async function* jsonRows(
  { file, path }: { readonly file: string; readonly path: string },
  rules: TextRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly (RawRow | BrokenLine)[], void, undefined> {
  let line = 0;
  try {
    for await (const texts of isZstd(path) ? packedLines(path, signal) : lineBatches(path, signal)) {
      const { rows, failure } = jsonRowsOf(texts, { file, line, rules });
      line += texts.length;
      yield rows;
      if (failure !== undefined) throw failure;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    throw createFailure("MTL8007", { file, problem: error.message });
  }
}

/** What becomes of the chunks of {@link rowsSql}. */
export interface ChunkUse<T> {
  readonly take: (chunk: DuckDBDataChunk) => readonly T[];
  /** What is left at the end, and where no more can be read. */
  readonly end: () => readonly T[];
}

/** Rows of a text table or of Parquet, by the reader that training uses. */
function tableRows(
  file: string,
  options: TableOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  return streamTable(file, options, signal, (columns) => {
    const cells = createChunkCells(columns);
    return { take: (chunk) => rowsOfChunk(chunk, columns, cells), end: () => [] };
  });
}

type TableOptions = Required<Pick<RawRowOptions, "columns" | "numbers">> & Pick<RawRowOptions, "reading">;

/** What is made of the chunks of a table, at most one more ahead. */
export function streamTable<T>(
  file: string,
  { reading, columns, numbers }: TableOptions,
  signal: AbortSignal | undefined,
  open: (columns: readonly QueryColumn[]) => ChunkUse<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  return streamed(file, signal, async (database, put) => {
    const source = await openSource(database, requestOfArguments([file], reading));
    let use: ChunkUse<T> | undefined;
    try {
      await createGzipCheck(signal)(source);
      const read = rawColumns(source, columns);
      const isNumber = ({ name, type }: FileColumn): boolean => type.kind === "text" && numbers.has(name);
      use = open(read.map((column) => ({ name: column.name, isPair: isNumber(column) })));
      for await (const chunk of database.stream(rowsSql(source, read, isNumber))) {
        const items = use.take(chunk);
        if (items.length > 0 && !(await put(items))) return;
      }
      const rest = use.end();
      if (rest.length > 0) await put(rest);
    } catch (error) {
      const rest = use?.end() ?? [];
      if (rest.length > 0) await put(rest);
      throw await explainReadError(database, source, [], error);
    }
  });
}

/** Gives the cells of a chunk's columns, each by its row. */
export type ChunkCells = (chunk: DuckDBDataChunk) => readonly ((row: number) => unknown)[];

/** The cells of chunks of {@link rowsSql}, one chunk after the other. */
export function createChunkCells(columns: readonly QueryColumn[]): ChunkCells {
  const readers = columns.map(({ isPair }) => ({
    cells: createCells(),
    numbers: isPair ? createNumbers() : undefined,
  }));
  return (chunk) => {
    let c = 0;
    return readers.map(({ cells, numbers }) => {
      const numberAt = numbers?.(chunk.getColumnVector(c++));
      const cellAt = cells(chunk.getColumnVector(c++));
      if (numberAt === undefined) return cellAt;
      return (row) => {
        const value = numberAt(row);
        return Number.isNaN(value) ? cellAt(row) : value;
      };
    });
  };
}
function rowsOfChunk(chunk: DuckDBDataChunk, columns: readonly QueryColumn[], cells: ChunkCells): readonly RawRow[] {
  const rows = Array.from({ length: chunk.rowCount }, () => emptyRecord());
  for (const [c, cellAt] of cells(chunk).entries()) {
    const name = columns[c]?.name ?? "";
    for (let r = 0; r < rows.length; r++) rows[r]![name] = cellAt(r);
  }
  return rows;
}

/** The lines of a text file that DuckDB unpacks. */
function packedLines(
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  return streamed(file, signal, async (database, put) => {
    const fault = await findZstdFault(file);
    if (fault !== undefined)
      throw createFailure("MTL7102", { file, problem: `its zstd data is damaged (${fault})` }, noLocation());
    for await (const chunk of database.stream(`SELECT line FROM ${linesSql(literalPath(resolve(file)))}`))
      if (!(await put(chunk.getRows().map(([line]) => String(line))))) return;
  });
}

/** What a reader puts, while its database is open; `put` is false when nobody takes more. */
async function* streamed<T>(
  file: string,
  signal: AbortSignal | undefined,
  read: (database: Database, put: (items: readonly T[]) => Promise<boolean>) => Promise<void>,
): AsyncGenerator<readonly T[], void, undefined> {
  let rows: readonly T[] = [];
  const folder = await openCacheFolder(isUrl(file) ? process.cwd() : dirname(resolve(file)));
  // The generator hands rows out while the database is open. The next chunk is read while one is used: a queue of one between the two.
  let wake: () => void = () => undefined;
  let more: () => void = () => undefined;
  let ended = false;
  let stopped = false;
  const put = async (items: readonly T[]): Promise<boolean> => {
    if (stopped) return false;
    rows = items;
    wake();
    await new Promise<void>((next) => (more = next));
    return !stopped;
  };
  const reading = withDatabase({ folder, signal }, (database) => read(database, put)).then(
    () => undefined,
    (error: unknown) => error,
  );
  void reading.then(() => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      if (rows.length === 0 && !ended) await new Promise<void>((next) => (wake = next));
      if (rows.length === 0 && ended) break;
      const batch = rows;
      rows = [];
      more();
      if (batch.length > 0) yield batch;
    }
  } finally {
    stopped = true;
    more();
  }
  const error = await reading;
  if (error === undefined) return;
  signal?.throwIfAborted();
  throw error;
}
