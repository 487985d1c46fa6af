/** Tables out: columns that a program made, and columns of the data beside them, into a file that other tools read. */
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { describeSystemError, isSystemError } from "../artifact/directory.js";
import { createFailure } from "../failure.js";
import { openCacheFolder } from "./cache.js";
import { type TableColumn, withDatabase } from "./database.js";
import { compileText } from "./expression-sql.js";
import { explainReadError } from "./diagnose.js";
import { formatOf } from "./files.js";
import { createGzipCheck } from "./gzip.js";
import { type DataRole, openRole, type RoleOptions } from "./roles.js";
import { firstLine } from "./schema.js";
import { quoteText } from "./sql.js";
import type { DataSpec } from "./uses.js";
import { textReader } from "./vectors.js";

/**
 * Columns of the data of a role as texts, in the order of the rows of its data set: what identifies a row in a table of
 * predictions. Clean: null where a value means null. All of them are held in memory.
 */
export async function readColumns(
  spec: DataSpec,
  role: DataRole,
  names: readonly string[],
  options: RoleOptions & { readonly signal?: AbortSignal },
): Promise<readonly TableColumn[]> {
  const folder = await openCacheFolder(dirname(resolve(options.specPath)));
  return withDatabase({ folder, signal: options.signal }, async (database) => {
    const asked = names.map((column) => ({ column, user: "the output" }));
    const data = await openRole(database, spec, options, role, asked);
    if (data === undefined) throw new Error(`there is no ${role} data to read columns of`);
    const { relation } = data;
    const { span } = relation.source;
    const texts = names.map((name) => compileText({ kind: "column", name, span }, relation.columns));
    const columns = names.map((name) => ({ name, values: [] as (string | null)[] }));
    try {
      await createGzipCheck(options.signal)(relation.source);
      for await (const chunk of database.stream(`SELECT ${texts.join(", ")} FROM ${relation.sql}`))
        for (const [i, { values }] of columns.entries()) {
          const text = textReader(chunk.getColumnVector(i));
          for (let row = 0; row < chunk.rowCount; row++) values.push(text(row));
        }
    } catch (error) {
      throw await explainReadError(database, relation.source, [], error);
    }
    return columns;
  });
}

export const tableFormats = ["csv", "jsonl", "parquet"] as const;
export type TableFormat = (typeof tableFormats)[number];

/** The format that a file's name tells; undefined when it tells none that a table can be written in. */
export function tableFormatOf(path: string): TableFormat | undefined {
  const format = formatOf(path);
  return tableFormats.find((known) => known === format);
}

/**
 * Writes columns of equal length, text formats gzipped when the name ends in `.gz`. The file appears whole or not at all.
 * Throws a {@link Failure} when the disk refuses.
 */
export async function writeTable(file: string, format: TableFormat, columns: readonly TableColumn[]): Promise<void> {
  const target = resolve(file);
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.new-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await withDatabase({ folder }, async (database) => {
      await database.load("result", columns);
      await database.run(`COPY result TO ${quoteText(temporary)} (${copyOptions(format, target.endsWith(".gz"))})`);
    });
    await rename(temporary, target);
  } catch (error) {
    // What stopped the write may stop the removal as well; the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (isSystemError(error)) throw createFailure("MTL8008", { file, problem: describeSystemError(error) });
    if (error instanceof Error && error.message.startsWith("IO Error"))
      throw createFailure("MTL8008", { file, problem: firstLine(error) });
    throw error;
  }
}

function copyOptions(format: TableFormat, isPacked: boolean): string {
  const compression = isPacked ? ", COMPRESSION gzip" : "";
  switch (format) {
    case "csv":
      return `FORMAT csv, HEADER${compression}`;
    case "jsonl":
      return `FORMAT json${compression}`;
    case "parquet":
      return "FORMAT parquet";
  }
}
