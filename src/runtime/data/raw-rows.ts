/** Rows of files as records of raw values, in their order and in constant memory: what `mtlc rank` ranks. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { createFailure, type Failure } from "../failure.js";
import { openCacheFolder } from "./cache.js";
import { withDatabase } from "./database.js";
import type { RawRow } from "./expression-evaluate.js";
import { formatOf } from "./files.js";
import { quoteText } from "./sql.js";

/** A line that is no row; the lines after it may be. */
export class BrokenLine {
  constructor(
    readonly file: string,
    /** From 1. */
    readonly line: number,
    readonly problem: string,
  ) {}

  get failure(): Failure {
    const { file, line, problem } = this;
    return createFailure("MTL7518", { file, problem: `line ${line} ${problem}`, expected: "one object a line" });
  }
}

/** Rows of the files, one file after the other. A {@link Failure} says which file or line cannot be read. */
export async function* streamRawRows(
  files: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<RawRow | BrokenLine, void, undefined> {
  for (const file of files) {
    const size = await stat(file).catch(() => undefined);
    if (size === undefined) throw createFailure("MTL8007", { file, problem: "there is no such file" });
    switch (formatOf(file)) {
      case "jsonl":
        yield* jsonRows(file, signal);
        break;
      case "csv":
      case "tsv":
        yield* databaseRows(
          file,
          `read_csv(${quoteText(resolve(file))}, header = true, all_varchar = true, delim = ${quoteText(formatOf(file) === "tsv" ? "\t" : ",")})`,
          signal,
        );
        break;
      case "parquet":
        yield* databaseRows(file, `read_parquet(${quoteText(resolve(file))})`, signal);
        break;
      default:
        throw createFailure("MTL7518", {
          file,
          problem: "its name tells no format",
          expected: ".jsonl, .csv, .tsv or .parquet",
        });
    }
  }
}

async function* jsonRows(file: string, signal?: AbortSignal): AsyncGenerator<RawRow | BrokenLine, void, undefined> {
  const bytes = createReadStream(file, { signal });
  const input = file.endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes;
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line++;
      if (text.trim() === "") continue;
      const value: unknown = parseJson(text);
      if (typeof value !== "object" || value === null || Array.isArray(value))
        yield new BrokenLine(file, line, "is not a JSON object");
      else yield value as RawRow;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || error.name === "Failure") throw error;
    throw createFailure("MTL8007", { file, problem: error.message });
  } finally {
    bytes.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rows between two looks at the memory: a chunk of the database. */
async function* databaseRows(
  file: string,
  relation: string,
  signal?: AbortSignal,
): AsyncGenerator<RawRow, void, undefined> {
  const rows: RawRow[] = [];
  const folder = await openCacheFolder(dirname(resolve(file)));
  const { JSDuckDBValueConverter } = await import("@duckdb/node-api");
  // The generator hands rows out while the database is open: a queue of one chunk between the two.
  let wake: () => void = () => undefined;
  let more: () => void = () => undefined;
  let ended = false;
  let stopped = false;
  const reading = withDatabase({ folder, signal }, async (database) => {
    const described = await database.rows(`DESCRIBE SELECT * FROM ${relation}`);
    const names = described.map(([name]) => String(name));
    for await (const chunk of database.stream(`SELECT * FROM ${relation}`)) {
      for (const row of chunk.convertRows(JSDuckDBValueConverter))
        rows.push(Object.fromEntries(names.map((name, i) => [name, plainValue(row[i])])));
      wake();
      await new Promise<void>((next) => (more = next));
      if (stopped) return;
    }
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  void reading.then(() => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      if (rows.length === 0 && !ended) await new Promise<void>((next) => (wake = next));
      if (rows.length === 0 && ended) break;
      yield* rows.splice(0);
      more();
    }
  } finally {
    stopped = true;
    more();
  }
  const error = await reading;
  if (error === undefined) return;
  signal?.throwIfAborted();
  const problem = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  throw createFailure("MTL8007", { file, problem });
}

/** A value of the database as JSON would have it; times as seconds since 1970. */
function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plainValue);
  return value;
}
