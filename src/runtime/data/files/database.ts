/**
 * DuckDB, as little of it as we need: statements, small results, and results as a stream of column chunks in the order of
 * the rows. It is loaded when the first database is opened, so that commands which read no data do not wait for it.
 */
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type * as DuckDB from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBDataChunk as Chunk, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { chunkRows } from "../batches/blocks.js";
import { hideSecrets } from "./remote/credentials.js";
import { quoteName } from "./sql.js";

export interface Database {
  /** The folder that was named when it was opened. */
  readonly folder: string;
  /** Where files of its time may lie, a folder that may not be there yet. */
  readonly temporary: string;
  /** Ends what is under way when it fires. */
  readonly signal: AbortSignal | undefined;
  run(sql: string): Promise<void>;
  /** All rows of a small result. */
  rows(sql: string): Promise<readonly (readonly DuckDBValue[])[]>;
  /**
   * Column chunks of up to 2,048 rows; the next one is fetched while the caller works on the last. `own`: by a connection of its own, beside
   * other statements; it sees no temporary table. `beside`: for a caller who has about as much to do with the rows as the database, and no other
   * statement under way; one thread makes the next rows.
   */
  stream(sql: string, how?: "own" | "beside"): AsyncIterableIterator<Chunk>;
  /** Makes a table of columns of equal length; its rows keep their order. */
  load(table: string, columns: readonly TableColumn[]): Promise<void>;
  close(): void;
}

export interface DatabaseOptions {
  /** Intermediate results that outgrow the memory go to a folder in this one. */
  readonly folder: string;
  /** When it fires, the running query ends and its caller gets the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A column of a table that a program makes. */
export interface TableColumn {
  readonly name: string;
  readonly values: Float32Array | Int32Array | readonly (string | null)[];
  /** NaN stands for a value that is missing, and is written as one. */
  readonly nanIsMissing?: boolean;
}

/** Bytes that DuckDB may hold; what needs more goes to the disk. */
const memoryLimit = 2 * 2 ** 30;

/** Has DuckDB loaded by the time that somebody opens a database. Never rejects: whoever opens one hears why it cannot be. */
export async function preloadDatabase(): Promise<void> {
  await import("@duckdb/node-api").catch(() => undefined);
}

/** Does some work with an empty database in memory, and closes it. */
export async function withDatabase<T>(
  { folder, signal }: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  // A folder that a killed process leaves is told from an entry of the cache by its dot.
  const temporary = join(folder, `.duckdb-${process.pid}-${randomBytes(4).toString("hex")}`);
  const database = openLater(folder, temporary, signal);
  try {
    return await work(database);
  } finally {
    database.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The library is loaded with the first statement: what the cache has is often all that is asked for. */
function openLater(folder: string, temporary: string, signal: AbortSignal | undefined): Database {
  let opening: Promise<Database> | undefined;
  let opened: Database | undefined;
  const open = async (): Promise<Database> => (opened = await (opening ??= openDatabase(folder, temporary, signal)));
  return {
    folder,
    temporary,
    signal,
    run: async (sql) => (await open()).run(sql),
    rows: async (sql) => (await open()).rows(sql),
    stream: async function* (sql, how) {
      yield* (await open()).stream(sql, how);
    },
    load: async (table, columns) => (await open()).load(table, columns),
    close: () => opened?.close(),
  };
}

async function openDatabase(folder: string, temporary: string, signal: AbortSignal | undefined): Promise<Database> {
  const { DuckDBDataChunk, DuckDBInstance, FLOAT, INTEGER, VARCHAR } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.ceil(memoryLimit / 2 ** 20)}MiB`,
    temp_directory: join(temporary, "spilled"),
    // Rows keep their place: the order of a data set is that of its files.
    preserve_insertion_order: "true",
    // No extension is fetched from the network; those on this machine are loaded by name.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Credentials are those of the environment, not what another program left in the home folder.
    secret_directory: join(temporary, "secrets"),
  });
  const connection = await connect(instance);
  const connections = [connection];
  const interrupt = (): void => connections.forEach((each) => each.interrupt());
  signal?.addEventListener("abort", interrupt, { once: true });
  const guarded = <T>(work: () => Promise<T>): Promise<T> => withSignal(signal, work);
  return {
    folder,
    temporary,
    signal,
    run: async (sql) => {
      await guarded(() => connection.run(sql));
    },
    rows: async (sql) => (await guarded(() => connection.runAndReadAll(sql))).getRows(),
    stream: async function* (sql, how) {
      const used = how === "own" ? await connect(instance) : connection;
      if (how === "own") connections.push(used);
      if (how === "beside") await guarded(() => used.run(besideReader));
      const result = await guarded(() => used.stream(sql));
      let next = guarded(() => result.fetchChunk());
      try {
        for (;;) {
          const chunk = await next;
          if (chunk === null || chunk.rowCount === 0) return;
          next = guarded(() => result.fetchChunk());
          yield chunk;
        }
      } finally {
        // A caller that stops early must not leave a fetch whose failure nobody hears.
        await next.catch(() => undefined);
        if (how === "beside") await used.run(byItself);
      }
    },
    load: async (table, columns) => {
      const types = columns.map(({ values }) =>
        values instanceof Float32Array ? FLOAT : values instanceof Int32Array ? INTEGER : VARCHAR,
      );
      const list = columns.map(({ name }, i) => `${quoteName(name)} ${String(types[i])}`);
      await guarded(() => connection.run(`CREATE TEMP TABLE ${table} (${list.join(", ")})`));
      const appender = await connection.createAppender(table);
      const chunk = DuckDBDataChunk.create(types);
      const rows = columns[0]?.values.length ?? 0;
      for (let from = 0; from < rows; from += chunkRows) {
        signal?.throwIfAborted();
        chunk.reset();
        chunk.rowCount = Math.min(chunkRows, rows - from);
        for (const [i, { values }] of columns.entries()) setColumn(chunk, i, values, from);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    },
    close: () => {
      signal?.removeEventListener("abort", interrupt);
      for (const each of connections) each.closeSync();
      instance.closeSync();
    },
  };
}

const largeBuffer = "SET streaming_buffer_size = '64MiB'";
/** Several threads fill a large buffer and then wait until it is empty, while the reader waits for them before that: both together take as long as one after the other. */
const besideReader = "SET threads = 1; SET streaming_buffer_size = '16MiB'";
const byItself = `RESET threads; ${largeBuffer}`;

async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  // Rows that the threads make ahead of the reader; with the default of 1 MB they wait for it, which halves the speed.
  await connection.run(largeBuffer);
  // The text of an instant is the same on every machine.
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

async function withSignal<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  // An interrupt between two statements stops neither.
  signal?.throwIfAborted();
  try {
    const result = await work();
    signal?.throwIfAborted();
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error) error.message = hideSecrets(error.message);
    throw error;
  }
}

/** Puts values from `from` on into a column of a chunk, as many as it has rows. */
function setColumn(chunk: Chunk, column: number, values: TableColumn["values"], from: number): void {
  const part = values.slice(from, from + chunk.rowCount);
  if (Array.isArray(part)) return chunk.setColumnValues(column, part as readonly (string | null)[]);
  const vector: DuckDB.DuckDBVector = chunk.getColumnVector(column);
  // As they are: value by value they would take ten times as long.
  const items = "items" in vector ? vector.items : undefined;
  if (!(items instanceof Float32Array || items instanceof Int32Array)) throw new Error("a column has other values");
  items.set(part as Float32Array | Int32Array);
  vector.flush();
}

/** What DuckDB says in its first line, without the name of its error class. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/^[A-Z][A-Za-z ]*Error: /, "").replace(/[.\s]+$/, "");
}
