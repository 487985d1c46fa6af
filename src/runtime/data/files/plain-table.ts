/** Which files of delimited text are plain from their first line to their last: their rows need no database. */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { openCacheFolder } from "../batches/cache.js";
import { withDatabase } from "./database.js";
import { requestOfArguments } from "./files.js";
import type { TableLayout } from "./flat/flat-table.js";
import { firstPlainValue, lineFiles } from "./plain-lines.js";
import { type RawRowOptions, rulesOf } from "./raw-rows.js";
import { openSource } from "./source.js";

/** A file whose lines are plain. */
export interface PlainTable {
  readonly path: string;
  /** Where the first row begins, in bytes. */
  readonly start: number;
  readonly layout: TableLayout;
}

/** Larger files are left to the database: nothing could be answered while they are looked through. */
const largest = 2 ** 29;

/** Undefined for a file that is not plain, and for one of which there is something to be said: whoever reads it then says it. */
export async function plainTable(
  file: string,
  { reading, numbers = new Set(), signal }: RawRowOptions,
): Promise<PlainTable | undefined> {
  if (rulesOf(reading).nulls.length > 0) return undefined;
  try {
    if ((await stat(file)).size > largest) return undefined;
    const folder = await openCacheFolder(dirname(resolve(file)));
    const { files } = await withDatabase({ folder, signal }, (database) =>
      openSource(database, requestOfArguments([file], reading)),
    );
    const [line, ...others] = lineFiles(files) ?? [];
    const [schema] = files;
    if (line === undefined || others.length > 0 || schema === undefined) return undefined;
    // A copy with other ends of lines is the database's.
    if (schema.file.readFrom !== undefined) return undefined;
    const start = await firstPlainValue(line, signal);
    if (start === undefined) return undefined;
    const { columns } = line;
    const { delimiter } = schema.file.options;
    return {
      path: line.path,
      start,
      layout: { file, delimiter, columns, isNumber: columns.map((name) => numbers.has(name)) },
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof Error) return undefined;
    throw error;
  }
}
