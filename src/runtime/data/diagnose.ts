/** From an error of DuckDB in the middle of a query to what the user can mend: the file, the row, the value. */
import type { ColumnExpression } from "../../compiler/model/model.js";
import type { Span } from "../../compiler/text/index.js";
import { createFailure, Failure } from "../failure.js";
import type { Database } from "./database.js";
import { columnsOf } from "./expression.js";
import { evaluateBoolean, evaluateNumber, evaluateText, type RawRow } from "./expression-evaluate.js";
import { firstLine } from "./schema.js";
import { relationSql, type Source } from "./source.js";
import { type Needed, numberText, ValueError } from "./values.js";

/** Something that was computed of each row. */
export interface Reading {
  readonly expression: ColumnExpression;
  readonly as: Needed;
  /** Who reads it, as a message says it: "feature `age`". */
  readonly user: string;
  /** Set for an event, whose errors have their own words. */
  readonly event?: string;
  readonly span: Span;
}

/** Rows that `relationSql` gives are clean already. */
const cleanRules = { nulls: [], trim: false };

/**
 * The failure to throw in place of an error that reading rows threw. It looks for the first row on which a reading fails:
 * the evaluator refuses what SQL refuses.
 */
export async function explainReadError(
  database: Database,
  source: Source,
  readings: readonly Reading[],
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Error) || error instanceof Failure || error.name === "AbortError") return error;
  const byLine = explainLine(source, error);
  if (byLine !== undefined) return byLine;
  if (error.message.startsWith("Conversion Error"))
    for (const reading of readings) {
      const found = await findRow(database, source, reading);
      if (found !== undefined) return found;
    }
  // What DuckDB says of a file; anything else it says is about our query, and a bug of ours.
  if (!/^(Invalid Input|Conversion|IO|Out of Range|Out of Memory|Serialization)/.test(error.message)) return error;
  const [schema] = source.files;
  return createFailure("MTL7102", { file: schema?.file.shown ?? "", problem: firstLine(error) }, source.span);
}

/** What the reader of text files says about a line. */
function explainLine(source: Source, { message }: Error): Failure | undefined {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line === undefined) return undefined;
  const path = /^\s*file = (.*)$/m.exec(message)?.[1];
  const file = source.files.find((schema) => schema.file.path === path)?.file.shown ?? path ?? "";
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts !== null)
    return createFailure(
      "MTL7109",
      { file, line: Number(line), found: Number(counts[2]), expected: Number(counts[1]) },
      source.span,
    );
  const problem = /unterminated quote/.test(message)
    ? `line ${line} opens a quote that is never closed`
    : /utf-8/i.test(message)
      ? `line ${line} is not UTF-8 text`
      : `line ${line}: ${firstLine(message.split("\n").slice(2).join("\n"))}`;
  return createFailure("MTL7102", { file, problem }, source.span);
}

async function findRow(database: Database, source: Source, reading: Reading): Promise<Failure | undefined> {
  const columns = columnsOf(reading.expression);
  for (const schema of source.files) {
    const one = { ...source, files: [schema] };
    let row = 0;
    for await (const chunk of database.stream(`SELECT * FROM ${relationSql(one, columns)}`))
      for (const values of chunk.getRows()) {
        row += 1;
        const record: RawRow = Object.fromEntries(columns.map((name, i) => [name, values[i]]));
        try {
          read(reading, record);
        } catch (error) {
          if (error instanceof ValueError) return failureOf(error, reading, schema.file.shown, row);
          throw error;
        }
      }
  }
  return undefined;
}

function read({ expression, as }: Reading, row: RawRow): unknown {
  switch (as) {
    case "number":
      return evaluateNumber(expression, row, cleanRules);
    case "boolean":
      return evaluateBoolean(expression, row, cleanRules);
    case "text":
      return evaluateText(expression, row, cleanRules);
  }
}

function failureOf({ value, needed, column }: ValueError, reading: Reading, file: string, row: number): Failure {
  const { event, user, span, expression } = reading;
  // An expression inside an event may need something else of its parts.
  if (event !== undefined && needed === "boolean" && (column === undefined || expression.kind === "column"))
    return createFailure("MTL7106", { label: event, file, row, value }, span);
  return createFailure(
    "MTL7105",
    { column: column ?? "", file, row, value, needed: describeNeeded(needed), user },
    span,
  );
}

/** What is needed, in words. */
export function describeNeeded(needed: Needed): string {
  switch (needed) {
    case "number":
      return "a number";
    case "boolean":
      return "0, 1, true or false";
    case "text":
      return "one value";
  }
}

/** The failure for the first sample weight that is null or negative. */
export async function findBadWeight(database: Database, source: Source, column: string): Promise<Failure> {
  const expression: ColumnExpression = { kind: "column", name: column, span: source.span };
  for (const schema of source.files) {
    let row = 0;
    for await (const chunk of database.stream(`SELECT * FROM ${relationSql({ ...source, files: [schema] }, [column])}`))
      for (const [value] of chunk.getRows()) {
        row += 1;
        const weight = evaluateNumber(expression, { [column]: value }, cleanRules);
        if (weight !== null && weight >= 0) continue;
        const shown = weight === null ? "null" : numberText(weight);
        return createFailure("MTL7107", { column, file: schema.file.shown, row, value: shown }, source.span);
      }
  }
  throw new Error(`a sample weight was null or negative, and no row of ${column} is`);
}
