/**
 * Files at `s3://`, `gs://`, `https://` and `http://`, read by DuckDB's extension `httpfs`: Parquet where it lies, by ranges;
 * files of text from a copy in the cache, since all of a text has to be read, and looked at, before its rows are.
 */
import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findUrlFault, publicUrl, schemeOf, type Span } from "../../../../compiler/text/index.js";
import { createFailure, type Failure } from "../../../failure.js";
import { cacheKey } from "../../batches/cache.js";
import { compareTexts } from "../../expressions/values.js";
import { type Database, firstLine } from "../database.js";
import { keptFile } from "../kept-file.js";
import { quoteText } from "../sql.js";
import { secretStatements } from "./credentials.js";
import { loadExtension } from "./extensions.js";

/** A file of a server, and what tells it from a later version of itself. */
export interface RemoteFile {
  readonly url: string;
  /** Bytes. */
  readonly size: number;
  /** What the server calls this version, or when it was written; a text that never comes again where it says neither. */
  readonly version: string;
}

/** Bytes of the largest file that is copied: DuckDB holds it whole for that. */
const largestCopy = 2 ** 30;

/**
 * The files that a URL names, a glob in the order of their names; none when there is none. Throws a {@link Failure}: MTL3028
 * for a URL that data cannot have, MTL7680 without the extension, MTL7681 and MTL7682 for what the server says.
 */
export async function findRemoteFiles(database: Database, url: string, span: Span): Promise<readonly RemoteFile[]> {
  checkUrl(url, span);
  const scheme = schemeOf(url) ?? "";
  if (await loadExtension(database, "httpfs", { what: `\`${scheme}://\``, span })) await giveCredentials(database);
  try {
    const isGlob = /[*[]/.test(url);
    const urls = isGlob ? await database.rows(`SELECT file FROM glob(${quoteText(url)})`) : [[url]];
    const found: RemoteFile[] = [];
    for (const each of urls.map(([file]) => String(file)).sort(compareTexts))
      found.push(await describeFile(database, each));
    return found;
  } catch (error) {
    if (statusOf(error) === 404) return [];
    throw explainRemoteError(error, url, span);
  }
}

/** Throws a {@link Failure} (MTL3028) for a URL that data cannot have. */
export function checkUrl(url: string, span: Span, isPostgres = false): void {
  const fault = findUrlFault(url, isPostgres);
  if (fault !== undefined)
    throw createFailure("MTL3028", { url: publicUrl(url), problem: fault.problem }, span, { help: fault.help });
}

/** Gives a database the credentials of the environment. */
async function giveCredentials(database: Database): Promise<void> {
  for (const statement of secretStatements(process.env))
    try {
      await database.run(statement);
    } catch {
      // What DuckDB says of a statement shows it.
      const type = /TYPE (\w+)/.exec(statement)?.[1] ?? "";
      throw new Error(`DuckDB refuses the credentials for ${type}`);
    }
}

/** What a server says of a file, without reading it. */
async function describeFile(database: Database, url: string): Promise<RemoteFile> {
  // Only DuckDB's log of its requests has the entity tag. It is in memory, and emptied below: it may hold a token.
  await database.run("CALL enable_logging('HTTP')");
  try {
    const [row] = await database.rows(`SELECT size, epoch_us(last_modified) FROM read_blob(${quoteText(url)})`);
    const [size, modified] = row ?? [];
    const [[tag] = []] = await database.rows(
      "SELECT list_filter(map_entries(response.headers), lambda x: lower(x.key) = 'etag')[1].value " +
        "FROM duckdb_logs_parsed('HTTP') ORDER BY request.start_time DESC LIMIT 1",
    );
    // DuckDB says 1970 for a file of unknown age.
    const age = modified === null || modified === undefined || Number(modified) <= 0 ? undefined : modified;
    return { url, size: Number(size), version: String(tag ?? age ?? randomUUID()) };
  } finally {
    await database.run("CALL disable_logging()");
    await database.run("CALL truncate_duckdb_logs()");
  }
}

/**
 * The path of a copy of a file in the cache of the database, with the endings of its name; it is made where this version is
 * not there. Throws a {@link Failure} (MTL7683) for a file that is too large.
 */
export async function copyRemoteFile(database: Database, file: RemoteFile, span: Span): Promise<string> {
  const { url, size, version } = file;
  if (size > largestCopy) throw createFailure("MTL7683", { url, size, limit: largestCopy }, span);
  const name = `copy${/(?:\.[a-z0-9]+){1,2}$/i.exec(url.split("/").at(-1) ?? "")?.[0] ?? ""}`;
  const copy = await keptFile(database.folder, cacheKey(["remote", url, size, version]), name, async (path) => {
    // Under a name that ends in `.gz`, DuckDB would pack the bytes once more.
    const plain = join(dirname(path), "bytes");
    try {
      await database.run(
        `COPY (SELECT content FROM read_blob(${quoteText(url)})) TO ${quoteText(plain)} (FORMAT BLOB)`,
      );
    } catch (error) {
      throw explainRemoteError(error, url, span);
    }
    await rename(plain, path);
  });
  return copy.path;
}

function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error ? /\bHTTP (\d{3})\b/.exec(error.message)?.[1] : undefined;
  return status === undefined ? undefined : Number(status);
}

/** What a server's answer means, as a failure; errors of other kinds as they are. */
export function explainRemoteError(error: unknown, url: string, span: Span): Failure | unknown {
  if (!(error instanceof Error) || !/^(HTTP|IO|Invalid Input|Authentication)\b/.test(error.message)) return error;
  const status = statusOf(error);
  if (status === 401 || status === 403) return createFailure("MTL7681", { url, status }, span);
  return createFailure("MTL7682", { url, problem: firstLine(error) }, span);
}
