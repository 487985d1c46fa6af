/** Tables out: columns that a program made, and columns of the data beside them, into a file that other tools read. */
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeFailure } from "../../artifact/directory.js";
import { createFailure } from "../../failure.js";
import { openCacheFolder } from "./cache.js";
import { type Database, type TableColumn, withDatabase } from "../files/database.js";
import { isZstd } from "../files/files.js";
import { type KeptColumns, loadKept, writtenSql } from "./kept.js";
import type { TableFormat } from "./table-format.js";
import { firstLine } from "../files/database.js";
import { quoteName, quoteText } from "../files/sql.js";
import { makeFolder } from "../../make-folder.js";

/**
 * Writes columns of equal length, behind those that are kept of the data; text formats packed when the name ends in `.gz` or
 * `.zst`.
 * The file appears whole or not at all. Throws a {@link Failure} when the disk refuses, and for two columns whose names
 * readers of tables take for one (MTL7120).
 */
export async function writeTable(
  file: string,
  format: TableFormat,
  columns: readonly TableColumn[],
  kept?: KeptColumns,
): Promise<void> {
  checkNames([...(kept?.names ?? []), ...columns.map(({ name }) => name)]);
  const target = resolve(file);
  const folder = dirname(target);
  const temporary = join(folder, `.${basename(target)}.new-${process.pid}`);
  try {
    makeFolder(folder);
    const work = kept === undefined ? folder : await openCacheFolder(dirname(resolve(kept.options.specPath)));
    await withDatabase({ folder: work, signal: kept?.options.signal }, async (database) => {
      const before = kept === undefined ? [] : await loadKept(database, "kept", kept, format);
      await database.load(
        "result",
        columns.map((column, i) => ({ ...column, name: `p${i}` })),
      );
      if (before.length > 0) await checkRows(database);
      const after = columns.map(({ name, values, nanIsMissing }, i) => ({
        name,
        sql: nanIsMissing === true ? `nullif(result.p${i}, 'nan'::FLOAT)` : `result.p${i}`,
        type: typeOf(values),
      }));
      const list = [...before, ...after].map(
        ({ name, sql, type }) => `${writtenSql(sql, type, format)} AS ${quoteName(name)}`,
      );
      const from = before.length === 0 ? "result" : after.length === 0 ? "kept" : "kept POSITIONAL JOIN result";
      const query = `SELECT ${list.join(", ")} FROM ${from}`;
      await database.run(`COPY (${query}) TO ${quoteText(temporary)} (${copyOptions(format, target)})`);
    });
    await rename(temporary, target);
  } catch (error) {
    // What stopped the write may stop the removal as well; the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof Error && error.message.startsWith("IO Error"))
      throw createFailure("MTL8008", { file, problem: firstLine(error) });
    throw writeFailure(error, file);
  }
}

function typeOf(values: TableColumn["values"]): string {
  return values instanceof Float32Array ? "FLOAT" : values instanceof Int32Array ? "INTEGER" : "VARCHAR";
}

function checkNames(names: readonly string[]): void {
  const other = names.find((name, i) => names.findIndex((each) => each.toLowerCase() === name.toLowerCase()) < i);
  if (other === undefined) return;
  const first = names.find((name) => name.toLowerCase() === other.toLowerCase()) ?? other;
  throw createFailure("MTL7120", { first, second: other });
}

/** Columns that are read side by side must have the same rows. */
async function checkRows(database: Database): Promise<void> {
  const [counts] = await database.rows("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM result)");
  if (counts?.[0] !== counts?.[1])
    throw createFailure("MTL7121", { kept: Number(counts?.[0]), rows: Number(counts?.[1]) });
}

function copyOptions(format: TableFormat, target: string): string {
  const packer = target.endsWith(".gz") ? "gzip" : isZstd(target) ? "zstd" : undefined;
  const compression = packer === undefined ? "" : `, COMPRESSION ${packer}`;
  switch (format) {
    case "csv":
      return `FORMAT csv, HEADER${compression}`;
    case "jsonl":
      return `FORMAT json${compression}`;
    case "parquet":
      return "FORMAT parquet";
  }
}
