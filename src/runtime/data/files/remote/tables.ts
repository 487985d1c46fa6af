/**
 * Tables of databases: DuckDB attaches the database, read-only, and copies one table into the cache as Parquet, which is read
 * from there on. So fit and rows see one state of a database that others write to meanwhile.
 */
import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DatabaseFormat } from "../../../../compiler/formats/index.js";
import type { SourceOptions } from "../../../../compiler/model/model.js";
import type { Span } from "../../../../compiler/text/index.js";
import { createFailure, Failure } from "../../../failure.js";
import { cacheKey, fingerprintFile } from "../../batches/cache.js";
import { type Database, firstLine } from "../database.js";
import { hashFile, keptFile } from "../kept-file.js";
import { quoteName, quoteText } from "../sql.js";
import { loadExtension } from "./extensions.js";

/** A table as a spec or a command names it. */
export interface TableSource {
  readonly format: DatabaseFormat;
  /** The database's file on this machine, or the URL of its server. */
  readonly path: string;
  /** The database as messages show it. */
  readonly shown: string;
  readonly options: SourceOptions;
  readonly span: Span;
}

/** Where a table was copied to, and what tells its content from any other. */
export interface TableCopy {
  readonly readFrom: string;
  readonly state: string;
}

/**
 * What the attached database is called. A view of DuckDB may name the database that its tables are in as DuckDB called it, which
 * is by its file.
 */
function nameOf({ format, path }: TableSource): string {
  const own = format === "duckdb" ? basename(path).replace(/\..*$/, "") : "";
  return ["", "memory", "system", "temp"].includes(own) ? "mtlc_source" : own;
}

const copyName = "table.parquet";

/**
 * Copies a table into the cache of the database, unless the same state of it is there: of a file by its identity, of a server
 * by what the table holds. Throws a {@link Failure}: MTL7684 without `table`, MTL7685 for one that is not there, MTL7102 for a
 * database that cannot be opened, MTL7680 without the extension.
 */
export async function copyTable(database: Database, source: TableSource): Promise<TableCopy> {
  const { format, path, shown, options, span } = source;
  const { table, order = [] } = options;
  if (table === undefined) throw createFailure("MTL7684", { file: shown, format }, span);
  if (format !== "postgres") {
    const key = ["table", await identityOfFile(path), table, order];
    return kept(database, cacheKey(key), (to) => copyTo(database, source, table, to));
  }
  const fresh = join(database.folder, `.table-${process.pid}-${randomBytes(4).toString("hex")}`);
  try {
    await copyTo(database, source, table, fresh);
    const sha256 = await hashFile(fresh);
    return await kept(database, cacheKey(["table", sha256]), async (to) => {
      await rename(fresh, to);
      return sha256;
    });
  } finally {
    await rm(fresh, { force: true });
  }
}

/** What tells a state of a database's file from others; what was committed last may still be in the log beside it. */
async function identityOfFile(path: string): Promise<unknown> {
  const logs = [`${path}-wal`, `${path}.wal`];
  return Promise.all([fingerprintFile(path), ...logs.map((log) => fingerprintFile(log).catch(() => null))]);
}

/** The copy of an entry, which `write` makes where it is not there. */
async function kept(database: Database, key: string, write: Parameters<typeof keptFile>[3]): Promise<TableCopy> {
  const { path, sha256 } = await keptFile(database.folder, key, copyName, write);
  return { readFrom: path, state: sha256 };
}

async function copyTo(database: Database, source: TableSource, table: string, to: string): Promise<void> {
  const { format, path, shown, options, span } = source;
  const readFailure = (error: unknown): unknown => {
    if (error instanceof Failure || !(error instanceof Error) || error.name === "AbortError") return error;
    return createFailure("MTL7102", { file: shown, problem: firstLine(error) }, span);
  };
  const extension = { duckdb: undefined, sqlite: "sqlite_scanner", postgres: "postgres_scanner" } as const;
  const name = extension[format];
  if (name !== undefined) await loadExtension(database, name, { what: `\`${format}(…)\``, span });
  const attached = nameOf(source);
  try {
    await database.run(`ATTACH ${quoteText(path)} AS ${quoteName(attached)} (TYPE ${format}, READ_ONLY)`);
  } catch (error) {
    throw readFailure(error);
  }
  try {
    const from = `${quoteName(attached)}.${table.split(".").map(quoteName).join(".")}`;
    const columns = await database.rows(`DESCRIBE SELECT * FROM ${from}`).catch(async (error: unknown) => {
      const known = await knownTables(database, attached);
      if (known.includes(table)) throw error;
      throw createFailure("MTL7685", { file: shown, table }, span, tablesHelp(known));
    });
    const names = columns.map(([column]) => String(column));
    const unknown = options.order?.find((column) => !names.includes(column));
    if (unknown !== undefined) throw createFailure("MTL7103", { column: unknown, file: shown, user: "`order`" }, span);
    // Parquet has no whole numbers beyond 64 bits: their digits stay a text.
    const list = columns.map(([column, type]) => {
      const sql = quoteName(String(column));
      return /^U?HUGEINT|^BIGNUM/.test(String(type)) ? `CAST(${sql} AS VARCHAR) AS ${sql}` : sql;
    });
    const order = options.order === undefined ? "" : ` ORDER BY ${options.order.map(quoteName).join(", ")}`;
    await database.run(`COPY (SELECT ${list.join(", ")} FROM ${from}${order}) TO ${quoteText(to)} (FORMAT PARQUET)`);
  } catch (error) {
    throw readFailure(error);
  } finally {
    await database.run(`DETACH ${quoteName(attached)}`).catch(() => undefined);
  }
}

/** The tables and views that there are, as a spec names them. */
async function knownTables(database: Database, attached: string): Promise<readonly string[]> {
  const rows = await database.rows(
    `SELECT schema, name FROM (SHOW ALL TABLES) WHERE database = ${quoteText(attached)} ORDER BY schema, name`,
  );
  return rows.map(([schema, name]) =>
    schema === "main" || schema === "public" ? String(name) : `${String(schema)}.${String(name)}`,
  );
}

function tablesHelp(known: readonly string[]): { readonly help?: string } {
  const shown = known.slice(0, 10).map((name) => `\`${name}\``);
  return shown.length === 0 ? {} : { help: `it has ${shown.join(", ")}${known.length > 10 ? ", …" : ""}` };
}
