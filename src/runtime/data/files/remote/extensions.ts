/**
 * DuckDB's extensions: files of DuckDB's makers, for one version of it, which reads servers and other databases with them.
 * They are loaded where data needs them, and only from this machine.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "../../../../compiler/text/index.js";
import { cacheDirectory } from "../../../engine/native-binding.js";
import { createFailure } from "../../../failure.js";
import type { Database } from "../database.js";
import { quoteText } from "../sql.js";

/** The extensions that data may need, each with the wheel of the Python package index that carries it. */
export const extensions = {
  httpfs: "duckdb-extension-httpfs",
  sqlite_scanner: "duckdb-extension-sqlite-scanner",
  postgres_scanner: "duckdb-extension-postgres-scanner",
} as const;

export type ExtensionName = keyof typeof extensions;

export const extensionNames = Object.keys(extensions) as readonly ExtensionName[];

/** The file of an extension as DuckDB's makers name it. */
export function extensionFile(name: ExtensionName): string {
  return `${name}.duckdb_extension`;
}

/** The folder under mtlc's cache that has the extensions of a version of DuckDB, such as `1.5.5`. */
export function extensionFolder(version: string, environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheDirectory(environment), "duckdb", version);
}

/**
 * Where the file of an extension is: in the folder that `MTLC_DUCKDB_EXTENSIONS` names, else in mtlc's cache; undefined where
 * it is in neither, and DuckDB's own folder (`~/.duckdb`) may have it.
 */
export function findExtension(
  name: ExtensionName,
  version: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const own = environment["MTLC_DUCKDB_EXTENSIONS"];
  const folder = own !== undefined && own !== "" ? own : extensionFolder(version, environment);
  const path = join(folder, extensionFile(name));
  return existsSync(path) ? path : undefined;
}

/**
 * Loads an extension once; whether it was loaded now. Throws a {@link Failure} (MTL7680) where it is missing.
 * @param what is read with it, as a message says it
 */
export async function loadExtension(
  database: Database,
  name: ExtensionName,
  { what, span }: { readonly what: string; readonly span: Span },
): Promise<boolean> {
  const [[known] = []] = await database.rows(
    `SELECT loaded FROM duckdb_extensions() WHERE extension_name = ${quoteText(name)}`,
  );
  if (known === true) return false;
  const [[found] = []] = await database.rows("SELECT library_version FROM pragma_version()");
  const version = String(found).replace(/^v/, "");
  const path = findExtension(name, version);
  try {
    await database.run(`LOAD ${path === undefined ? name : quoteText(path)}`);
    return true;
  } catch (error) {
    throw createFailure("MTL7680", { what, extension: name, version, problem: problemOf(error, path) }, span);
  }
}

function problemOf(error: unknown, path: string | undefined): string {
  const text = error instanceof Error ? error.message : String(error);
  if (path === undefined && /not found/i.test(text)) return "it is not installed";
  const other = /built specifically for DuckDB version '([^']+)'/.exec(text)?.[1];
  const where = path === undefined ? "" : `\`${path}\` `;
  return other === undefined
    ? `${where}does not load (${text.split("\n")[0] ?? ""})`
    : `${where}is for DuckDB ${other}`;
}
