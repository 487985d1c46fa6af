/**
 * DuckDB, as little of it as we need: statements, small results, and results as a stream of column chunks in the order of
 * the rows. It is loaded when the first database is opened, so that commands which read no data do not wait for it.
 */
import type { DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api";

export interface Database {
  run(sql: string): Promise<void>;
  /** All rows of a small result. */
  rows(sql: string): Promise<readonly (readonly DuckDBValue[])[]>;
  /** Column chunks of up to 2,048 rows; the next one is fetched while the caller works on the last. */
  stream(sql: string): AsyncIterableIterator<DuckDBDataChunk>;
  /** Loads texts into a new table `(id, value)`, ids from 0. */
  loadTexts(table: string, values: readonly string[]): Promise<void>;
  close(): void;
}

export interface DatabaseOptions {
  /** Where intermediate results go that outgrow the memory limit. */
  readonly temporaryFolder: string;
  /** Bytes that DuckDB may hold. */
  readonly memoryLimit: number;
  readonly signal?: AbortSignal | undefined;
}

/** An empty database in memory. When the signal fires, the running query ends and its caller gets the signal's reason. */
export async function openDatabase({ temporaryFolder, memoryLimit, signal }: DatabaseOptions): Promise<Database> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.ceil(memoryLimit / 2 ** 20)}MiB`,
    temp_directory: temporaryFolder,
    // Rows keep their place: the order of a data set is that of its files.
    preserve_insertion_order: "true",
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  // Rows that the threads make ahead of the reader; with the default of 1 MB they wait for it, which halves the speed.
  await connection.run("SET streaming_buffer_size = '64MiB'");
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });

  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      signal?.throwIfAborted();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  };

  return {
    run: async (sql) => {
      await guarded(connection.run(sql));
    },
    rows: async (sql) => (await guarded(connection.runAndReadAll(sql))).getRows(),
    stream: async function* (sql) {
      const result = await guarded(connection.stream(sql));
      let next = guarded(result.fetchChunk());
      try {
        for (;;) {
          const chunk = await next;
          if (chunk === null || chunk.rowCount === 0) return;
          next = guarded(result.fetchChunk());
          yield chunk;
        }
      } finally {
        // A caller that stops early must not leave a fetch whose failure nobody hears.
        await next.catch(() => undefined);
      }
    },
    loadTexts: async (table, values) => {
      await guarded(connection.run(`CREATE TEMP TABLE ${table} (id INTEGER, value VARCHAR)`));
      const appender = await connection.createAppender(table);
      for (const [id, value] of values.entries()) {
        appender.appendInteger(id);
        appender.appendVarchar(value);
        appender.endRow();
      }
      appender.closeSync();
    },
    close: () => {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}
