import { createFailure } from "../../failure.js";

/**
 * A connection to a SQLite file that several processes write.
 *
 * The package is libsql, since of those tried (November 2026) only it runs on Node 20, comes as prebuilt binaries from
 * npm's registry without an install script, and works off the event loop's thread: better-sqlite3 13 and
 * \@photostructure/sqlite 2 need Node 22, sqlite3 6 and better-sqlite3 fetch their binaries from elsewhere, node:sqlite is
 * not in Node 20, and node-sqlite3-wasm has no shared memory and so no write-ahead log for several processes. Under strace
 * 500 commits of libsql are 510 fsync calls.
 */
export interface SqliteDatabase {
  /** Statements that answer with nothing. */
  run(sql: string): Promise<void>;
  /** A statement's rows, within the transaction of {@link write}; each statement is prepared once. */
  rows<R>(sql: string, parameters: readonly (string | number | null)[]): Promise<readonly R[]>;
  /** A statement's rows, between transactions. */
  read<R>(sql: string, parameters: readonly (string | number | null)[]): Promise<readonly R[]>;
  /** Runs `work` in a transaction that has the file's write lock from its start. Transactions of a connection wait in line. */
  write<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Statement {
  all(parameters: readonly (string | number | null)[]): Promise<readonly unknown[]>;
  run(parameters: readonly (string | number | null)[]): Promise<unknown>;
  readonly reader: boolean;
}

interface Connection {
  exec(sql: string): Promise<void>;
  prepare(sql: string): Promise<Statement>;
  close(): void;
}

/** How long a writer waits for the others of the host, in milliseconds. */
const busyTimeout = 2000;

/** The longest pause between two tries to write. */
const longestPause = 16;

/**
 * Opens or creates the file, with a write-ahead log that is on disk when a commit returns.
 * @throws Failure MTL7530 where there is no binary for the platform, MTL7531 where the file cannot be opened.
 */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  const Database = await loadLibsql();
  const connection = await open(Database, file);
  const statements = new Map<string, Promise<Statement>>();
  let last: Promise<unknown> = Promise.resolve();

  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const prepared = (sql: string): Promise<Statement> => {
    const known = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, known);
    return known;
  };

  const rows = async <R>(sql: string, parameters: readonly (string | number | null)[]): Promise<readonly R[]> => {
    const statement = await prepared(sql);
    if (statement.reader) return (await statement.all(parameters)) as readonly R[];
    await statement.run(parameters);
    return [];
  };

  return {
    run: (sql) => connection.exec(sql),
    rows,
    read: (sql, parameters) => inLine(() => rows(sql, parameters)),
    write: (work) =>
      inLine(async () => {
        await whenFree(() => connection.exec("BEGIN IMMEDIATE"));
        try {
          const result = await work();
          await connection.exec("COMMIT");
          return result;
        } catch (error) {
          // A commit that failed may have ended the transaction.
          await connection.exec("ROLLBACK").catch(() => undefined);
          throw error;
        }
      }),
    close: () => inLine(async () => connection.close()),
  };
}

type ConnectionMaker = new (file: string, options: { readonly timeout: number }) => Connection;

async function loadLibsql(): Promise<ConnectionMaker> {
  try {
    const { default: Database } = await import("libsql/promise");
    return Database as unknown as ConnectionMaker;
  } catch {
    throw createFailure("MTL7530", { platform: `${process.platform}-${process.arch}` });
  }
}

function open(Database: ConnectionMaker, file: string): Promise<Connection> {
  return whenFree(async () => {
    let connection: Connection | undefined;
    try {
      connection = new Database(file, { timeout: 0 });
      await connection.exec("PRAGMA journal_mode = WAL");
      await connection.exec("PRAGMA synchronous = FULL");
      return connection;
    } catch (error) {
      connection?.close();
      throw error;
    }
  }).catch((error: unknown) => {
    throw createFailure("MTL7531", { store: `SQLite file ${file}`, problem: problemOf(error) });
  });
}

/**
 * Tries until no other process holds the lock. SQLite's own waiting would block a thread of the few that all connections of
 * the process share, and does not cover the switch of a new file to its log.
 */
async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + busyTimeout;
  for (let pause = 1; ; pause = Math.min(longestPause, pause * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && /SQLITE_(BUSY|LOCKED)/.test(`${(error as { code?: unknown }).code} ${error.message}`)
  );
}

function problemOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
