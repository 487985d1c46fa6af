/** Columns of a relation, chunk after chunk: of plain lines without the database where all of them are texts as the files have them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isMainThread, Worker } from "node:worker_threads";
import type { Database } from "../../files/database.js";
import { blockRows, firstPlainValue, type LineFile, readPlainLines, UnplainLines } from "../../files/plain-lines.js";
import type { Relation } from "../../files/relation.js";
import type { ColumnVector } from "../vectors.js";
import { threadsBeside } from "../../../thread-count.js";
import { threadScript, type ThreadScript } from "../../../thread-script.js";
import { createKnownTexts } from "./known-texts.js";
import { createLineRing, readRing } from "./line-ring.js";
import { entrySql, entryWords } from "./short-texts.js";
import { fillEntries, textVector } from "./text-entries.js";
import { statOf } from "../../../stat-of.js";

/** Some rows of a query; good until the next ones are asked for. */
export interface ColumnChunk {
  readonly rowCount: number;
  getColumnVector(column: number): ColumnVector;
}

/**
 * The rows of a query of `sql` over a relation; `how` is that of `Database.stream`. Throws {@link UnplainLines}, maybe after some rows, where the
 * relation is to be read {@link byDatabase}.
 */
export async function* streamColumns(
  database: Database,
  relation: Relation,
  sql: readonly string[],
  how?: "beside",
): AsyncIterableIterator<ColumnChunk> {
  const names = textNames(relation, sql);
  if (relation.lines === undefined || names === undefined) {
    yield* database.stream(`SELECT ${sql.length === 0 ? "1" : sql.join(", ")} FROM ${relation.sql}`, how);
    return;
  }
  for (const file of relation.lines) yield* readColumns(file, names, database.signal);
}

/** The first rows of some columns of plain lines, as texts; undefined where the relation has no such lines. */
export async function firstPlainRows({ lines }: Relation, names: readonly string[]): Promise<ColumnChunk | undefined> {
  const [file] = lines ?? [];
  if (file === undefined) return undefined;
  for await (const chunk of readHere(file, names, undefined)) return chunk;
  return undefined;
}

/** Works on a relation; where its lines turn out not to be plain, once more by the database. */
export async function orByDatabase<T>(relation: Relation, work: (relation: Relation) => Promise<T>): Promise<T> {
  try {
    return await work(relation);
  } catch (error) {
    if (!(error instanceof UnplainLines)) throw error;
    return work(byDatabase(relation));
  }
}

/** The relation as only the database reads it. */
export function byDatabase(relation: Relation): Relation {
  return { ...relation, lines: undefined };
}

/** Bytes of files that are looked through before their first row. */
const lookedThrough = 2 ** 31;

/** The relation as it is to be read by who cannot begin again: by the database, unless it is known that all of its lines are plain. */
export async function knownLines(relation: Relation, signal: AbortSignal | undefined): Promise<Relation> {
  const { lines } = relation;
  if (lines === undefined) return relation;
  const bytes = lines.reduce((sum, { path }) => sum + (statOf(path)?.size ?? Infinity), 0);
  if (bytes > lookedThrough) return byDatabase(relation);
  try {
    for (const file of lines) await firstPlainValue(file, signal);
    return relation;
  } catch (error) {
    if (error instanceof UnplainLines) return byDatabase(relation);
    throw error;
  }
}

/** The columns whose texts, null being empty, are what a query asks for; undefined where it asks for something else. */
function textNames({ source, columns, lines }: Relation, sql: readonly string[]): readonly string[] | undefined {
  if (lines === undefined || sql.length === 0) return undefined;
  const names = new Map<string, string>();
  for (const { name } of source.files[0]?.columns ?? []) {
    const plain = source.column(name) === undefined ? undefined : columns(name).plain;
    if (plain?.kind === "text") names.set(entrySql(plain.sql), name);
  }
  const found = sql.flatMap((each) => names.get(each) ?? []);
  return found.length === sql.length ? found : undefined;
}

/** Bytes of a file from which another thread reads it. */
const largeFile = 2 ** 25;

function readColumns(
  file: LineFile,
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncIterableIterator<ColumnChunk> {
  const isLarge = (statOf(file.path)?.size ?? 0) >= largeFile;
  // The main thread may not wait for another one.
  const script = isMainThread || !isLarge || threadsBeside() === 0 ? undefined : threadScript("lines-thread");
  return script === undefined ? readHere(file, names, signal) : readAside(script, file, names, signal);
}

async function* readHere(
  file: LineFile,
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncIterableIterator<ColumnChunk> {
  let bytes: Buffer = Buffer.alloc(0);
  const textOf = createKnownTexts();
  const columns = [...new Set(names)].map((name) => {
    const entries = new Int32Array(blockRows * entryWords);
    return { name, place: file.columns.indexOf(name), entries, vector: textVector(entries, () => bytes, textOf) };
  });
  const vectors = names.map((name) => columns.find((column) => column.name === name)!.vector);
  for await (const block of readPlainLines(file, signal)) {
    ({ bytes } = block);
    for (const { place, entries } of columns) fillEntries(block, place, entries);
    yield { rowCount: block.rows, getColumnVector: (column) => vectors[column]! };
  }
}

/** Milliseconds that a thread waits for another one before it looks at its messages, and blocks between two such looks. */
const [longestWait, blocksATurn] = [20, 16];

/** The same, of lines that another thread reads ahead. */
async function* readAside(
  script: ThreadScript,
  file: LineFile,
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncIterableIterator<ColumnChunk> {
  const single = [...new Set(names)];
  const places = names.map((name) => single.indexOf(name));
  const ring = createLineRing(
    file,
    single.map((name) => file.columns.indexOf(name)),
  );
  const thread = new Worker(script.file, { argv: [...script.argv], workerData: ring, execArgv: [] });
  let fault: unknown;
  thread.on("error", (error) => (fault = error));
  const reader = readRing(ring);
  try {
    for (let i = 1; ; i++) {
      const rows = reader.next(longestWait);
      if (rows === undefined) return;
      if (rows === 0 || i % blocksATurn === 0) {
        await nextTurn();
        signal?.throwIfAborted();
        if (fault !== undefined) throw new UnplainLines(String(fault));
      }
      if (rows > 0) yield { rowCount: rows, getColumnVector: (column) => reader.vector(places[column]!) };
    }
  } finally {
    reader.leave();
  }
}
