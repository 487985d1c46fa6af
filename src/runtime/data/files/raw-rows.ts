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
import type { FileColumn } from "./columns.js";
import { type Database, withDatabase } from "./database.js";
import { explainReadError } from "./diagnose.js";
import { parseExactJson } from "./exact-json.js";
import type { RawRow } from "../expressions/expression-evaluate.js";
import { isZstd, literalPath, requestOfArguments } from "./files.js";
import { createGzipCheck } from "./gzip.js";
import { linesSql } from "./lines/line-formats.js";
import { copyRemoteFile, findRemoteFiles } from "./remote/remote-files.js";
import { type CellsOf, createCells, createNumbers } from "./row-cells.js";
import { openSource, rawColumns, rowsSql } from "./source.js";
import { lineBatches } from "./text-lines.js";
import { scalarOf, type TextRules } from "../expressions/values.js";
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

/** A line that is not a row; the lines after it may be. */
export class BrokenLine {
  constructor(
    readonly file: string,
    /** From 1. */
    readonly line: number,
    readonly problem: string,
  ) {}

  get failure(): Failure {
    const { file, line, problem } = this;
    return createFailure("MTL7518", { file, problem: `line ${line} ${problem}`, expected: "one object per line" });
  }
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

function rulesOf(reading: FileReading | undefined): TextRules {
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
      const rows: (RawRow | BrokenLine)[] = [];
      for (const text of texts) {
        line += 1;
        if (text === undefined) {
          yield rows;
          throw createFailure("MTL7102", { file, problem: `line ${line} is not UTF-8 text` }, noLocation());
        }
        if (text.trim() === "") continue;
        const value = parseJson(text);
        rows.push(isRecord(value) ? cleanRow(value, rules) : new BrokenLine(file, line, "is not a JSON object"));
      }
      yield rows;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    throw createFailure("MTL8007", { file, problem: error.message });
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Values without what means null; rows inside of a row, such as `candidates`, alike. Elements of lists are kept as they are. A
 * row of which nothing changes is itself.
 */
function cleanRow(row: RawRow, rules: TextRules): RawRow {
  for (const name in row) {
    const value = row[name];
    if (cleanValue(value, rules) !== value)
      return Object.fromEntries(Object.keys(row).map((each) => [each, cleanValue(row[each], rules)]));
  }
  return row;
}

function cleanValue(value: unknown, rules: TextRules): unknown {
  if (typeof value !== "object" || value === null) return scalarOf(value, rules);
  if (isRecord(value)) return cleanRow(value, rules);
  const list = value as readonly unknown[];
  return list.some(isRecord) ? list.map((each) => (isRecord(each) ? cleanRow(each, rules) : each)) : list;
}

/** Rows of a text table or of Parquet, by the reader that training uses. */
function tableRows(
  file: string,
  { reading, columns, numbers }: Required<Pick<RawRowOptions, "columns" | "numbers">> & Pick<RawRowOptions, "reading">,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  return streamed(file, signal, async (database, put) => {
    const source = await openSource(database, requestOfArguments([file], reading));
    try {
      await createGzipCheck(signal)(source);
      const read = rawColumns(source, columns);
      const isNumber = ({ name, type }: FileColumn): boolean => type.kind === "text" && numbers.has(name);
      const cells = read.map((column) => ({
        name: column.name,
        cells: createCells(),
        ...(isNumber(column) ? { numbers: createNumbers() } : {}),
      }));
      for await (const chunk of database.stream(rowsSql(source, read, isNumber)))
        if (!(await put(rowsOfChunk(chunk, cells)))) return;
    } catch (error) {
      throw await explainReadError(database, source, [], error);
    }
  });
}

/** A column of {@link rowsSql}: its cells, and for one of texts that spell numbers these before them. */
interface ReadColumn {
  readonly name: string;
  readonly cells: CellsOf;
  readonly numbers?: CellsOf;
}

/** The rows of a chunk of {@link rowsSql}, which is read column by column. */
function rowsOfChunk(chunk: DuckDBDataChunk, columns: readonly ReadColumn[]): readonly RawRow[] {
  const rows = Array.from({ length: chunk.rowCount }, () => emptyRecord());
  let c = 0;
  for (const { name, cells, numbers } of columns) {
    const numberAt = numbers?.(chunk.getColumnVector(c++));
    const cellAt = cells(chunk.getColumnVector(c++));
    if (numberAt === undefined) for (let r = 0; r < rows.length; r++) rows[r]![name] = cellAt(r);
    else
      for (let r = 0; r < rows.length; r++) {
        const value = numberAt(r);
        rows[r]![name] = Number.isNaN(value) ? cellAt(r) : value;
      }
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
