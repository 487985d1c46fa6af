/**
 * Rows of files as records, in their order and in constant memory: what `mtlc rank` ranks. Their values are clean by the
 * rules of `values.ts`, whichever format holds them, as they are for the network that trains on the same file.
 */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { SourceModel } from "../../compiler/model/model.js";
import { createFailure, Failure, nowhere } from "../failure.js";
import { openCacheFolder } from "./cache.js";
import { cellOf } from "./cells.js";
import { withDatabase } from "./database.js";
import { explainReadError } from "./diagnose.js";
import { parseExactJson } from "./exact-json.js";
import type { RawRow } from "./expression-evaluate.js";
import { formatOf, requestOfArguments } from "./files.js";
import { createGzipCheck } from "./gzip.js";
import { openSource, rowsSql } from "./source.js";
import { textLines } from "./text-lines.js";
import { scalarOf, type TextRules } from "./values.js";

export interface RawRowOptions {
  /** What the spec says of its files: texts that mean null, trimming, the delimiter. */
  readonly source?: SourceModel | undefined;
  readonly signal?: AbortSignal | undefined;
}

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
  { source, signal }: RawRowOptions = {},
): AsyncGenerator<RawRow | BrokenLine, void, undefined> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw createFailure("MTL8007", { file, problem: "there is no such file" });
    const format = formatOf(file);
    if (format === undefined)
      throw createFailure("MTL7518", {
        file,
        problem: "its name tells no format",
        expected: ".jsonl, .csv, .tsv or .parquet",
      });
    if (format === "jsonl") yield* jsonRows(file, rulesOf(source), signal);
    else yield* tableRows(file, source, signal);
  }
}

function rulesOf(source: SourceModel | undefined): TextRules {
  return source?.options ?? { nulls: [], trim: false };
}

async function* jsonRows(
  file: string,
  rules: TextRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawRow | BrokenLine, void, undefined> {
  let line = 0;
  try {
    for await (const text of textLines(file, signal)) {
      line += 1;
      if (text === undefined)
        throw createFailure("MTL7102", { file, problem: `line ${line} is not UTF-8 text` }, nowhere());
      if (text.trim() === "") continue;
      const value = parseJson(text);
      if (isRecord(value)) yield cleanRow(value, rules);
      else yield new BrokenLine(file, line, "is not a JSON object");
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    throw createFailure("MTL8007", { file, problem: error.message });
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values without what means null; rows inside of a row, such as `candidates`, alike. Elements of lists are kept as they are. */
function cleanRow(row: RawRow, rules: TextRules): RawRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((each: unknown) => (isRecord(each) ? cleanRow(each, rules) : each))
        : isRecord(value)
          ? cleanRow(value, rules)
          : scalarOf(value, rules),
    ]),
  );
}

/** Rows of a text table or of Parquet, by the reader that training uses. */
async function* tableRows(
  file: string,
  given: SourceModel | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<RawRow, void, undefined> {
  const rows: RawRow[] = [];
  const folder = await openCacheFolder(dirname(resolve(file)));
  // The generator hands rows out while the database is open: a queue of one chunk between the two.
  let wake: () => void = () => undefined;
  let more: () => void = () => undefined;
  let ended = false;
  let stopped = false;
  const reading = withDatabase({ folder, signal }, async (database) => {
    const source = await openSource(database, requestOfArguments([file], given, nowhere()));
    try {
      await createGzipCheck(signal)(source);
      const names = source.files.flatMap(({ columns }) => columns.map(({ name }) => name));
      for await (const chunk of database.stream(rowsSql(source))) {
        for (const row of chunk.getRows())
          rows.push(Object.fromEntries(names.map((name, i) => [name, cellOf(row[i] ?? null)])));
        wake();
        await new Promise<void>((next) => (more = next));
        if (stopped) return;
      }
    } catch (error) {
      throw await explainReadError(database, source, [], error);
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
  throw error;
}
