/** From an error of DuckDB in the middle of a query to what the user can fix: the file, the row, the value. */
import type { ColumnExpression, LabelModel } from "../../../compiler/model/model.js";
import { isDatabase } from "../../../compiler/formats/index.js";
import type { Span } from "../../../compiler/text/index.js";
import { createFailure, Failure } from "../../failure.js";
import { cellOf } from "../encode/cells.js";
import { explainBadValues } from "./bad-values.js";
import { type Database, firstLine } from "./database.js";
import { findInvalidLine } from "../encode/encoding.js";
import { columnsOf } from "../expressions/expression.js";
import { type DataFile, isZstd, pathsOf } from "./files.js";
import { evaluateClass } from "../encode/label-classes.js";
import { evaluateBoolean, evaluateNumber, evaluateText, type RawRow } from "../expressions/expression-evaluate.js";
import { explainRemoteError } from "./remote/remote-files.js";
import { relationSql, type Source } from "./source.js";
import { type Needed, numberText, ValueError } from "../expressions/values.js";

/** Something that was computed of each row. */
export interface Reading {
  readonly expression: ColumnExpression;
  readonly as: Needed;
  /** Who reads it, as a message says it: "feature `age`". */
  readonly user: string;
  /** Set for an event, whose errors have their own words. */
  readonly event?: string;
  /** Set for a label of classes. */
  readonly classes?: LabelModel;
  /** Set for the sample weight. */
  readonly isWeight?: true;
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
  if (/state machine reached an invalid state/.test(error.message)) return unevenLines(source);
  const byLine = explainLine(source, error) ?? (await explainEncoding(source));
  if (byLine !== undefined) return byLine;
  if (error.message.startsWith("Conversion Error") || error instanceof ValueError)
    for (const reading of readings) {
      const found = await findRow(database, source, reading);
      if (found !== undefined) return found;
    }
  // What DuckDB says of a file; anything else it says is about our query, and a bug in mtlc.
  if (!/^(Invalid Input|Conversion|IO|HTTP|Out of Range|Out of Memory|Serialization)/.test(error.message)) return error;
  const [schema] = source.files;
  const remote = source.files.find(({ file }) => file.remote !== undefined && error.message.includes(file.remote.url));
  if (remote !== undefined) return explainRemoteError(error, remote.file.shown, source.span);
  return createFailure("MTL7102", { file: schema?.file.shown ?? "", problem: firstLine(error) }, source.span);
}

/** Of a packed file, whose lines are not looked at before the database reads them. */
function unevenLines({ files, span }: Source): Failure {
  const file = files.map((schema) => schema.file.shown).join("`, `");
  return createFailure(
    "MTL7102",
    { file, problem: "its lines end in several ways, such as `\\n` and `\\r\\n`" },
    span,
    {
      help: "unpack it, or write all lines with one kind of end",
    },
  );
}

/** What the reader of text files says about a line. */
function explainLine(source: Source, { message }: Error): Failure | undefined {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  if (line === undefined) return undefined;
  const path = /^\s*file = (.*)$/m.exec(message)?.[1];
  const file =
    source.files.find(({ file: known }) => (known.readFrom ?? known.path) === path)?.file.shown ?? path ?? "";
  // Told better by looking at the file: of some such lines DuckDB reports an error of its own.
  if (/utf-8/i.test(message)) return undefined;
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts !== null)
    return createFailure(
      "MTL7109",
      { file, line: Number(line), found: Number(counts[2]), expected: Number(counts[1]) },
      source.span,
    );
  const problem = /unterminated quote/.test(message)
    ? `line ${line} opens a quote that is never closed`
    : `line ${line}: ${firstLine(message.split("\n").slice(2).join("\n"))}`;
  return createFailure("MTL7102", { file, problem }, source.span);
}

function isText({ format }: DataFile): boolean {
  return format !== "parquet" && !isDatabase(format);
}

async function explainEncoding({ files, span }: Source): Promise<Failure | undefined> {
  for (const { path, shown } of files.flatMap(({ file }) => (isText(file) ? pathsOf(file) : []))) {
    // What DuckDB unpacks is not looked at again.
    if (isZstd(path)) continue;
    const line = await findInvalidLine(path);
    if (line !== undefined)
      return createFailure("MTL7102", { file: shown, problem: `line ${line} is not UTF-8 text` }, span);
  }
  return undefined;
}

async function findRow(database: Database, source: Source, reading: Reading): Promise<Failure | undefined> {
  const columns = columnsOf(reading.expression);
  for (const schema of source.files) {
    const one = { ...source, files: [schema] };
    let row = 0;
    for await (const chunk of database.stream(`SELECT * FROM ${relationSql(one, columns)}`))
      for (const values of chunk.getRows()) {
        row += 1;
        const record: RawRow = Object.fromEntries(columns.map((name, i) => [name, cellOf(values[i] ?? null)]));
        try {
          read(reading, record);
        } catch (error) {
          if (error instanceof ValueError)
            return await failureOf(database, source, error, reading, schema.file.shown, row);
          throw error;
        }
      }
  }
  return undefined;
}

function read({ expression, as, classes }: Reading, row: RawRow): unknown {
  switch (as) {
    case "class":
      return classes === undefined ? null : evaluateClass(classes, row, cleanRules);
    case "number":
      return evaluateNumber(expression, row, cleanRules);
    case "boolean":
      return evaluateBoolean(expression, row, cleanRules);
    case "text":
      return evaluateText(expression, row, cleanRules);
  }
}

async function failureOf(
  database: Database,
  source: Source,
  { value, needed, column }: ValueError,
  reading: Reading,
  file: string,
  row: number,
): Promise<Failure> {
  const { event, classes, user, span, expression } = reading;
  if (classes !== undefined && needed === "class") {
    const { name: label, classes: known = [] } = classes;
    return createFailure("MTL7360", { label, file, row, value, known: known.map((each) => String(each.value)) }, span);
  }
  const label = expression.kind === "column" ? event : undefined;
  const found = column === undefined ? undefined : await explainBadValues(database, source, { column, needed, label });
  // A weight that is null is an error of its own.
  const details = reading.isWeight === true ? { notes: found?.notes ?? [] } : (found ?? {});
  // An expression inside an event may need something else of its parts.
  if (event !== undefined && needed === "boolean" && (column === undefined || expression.kind === "column"))
    return createFailure("MTL7106", { label: event, file, row, value }, span, details);
  return createFailure(
    "MTL7105",
    { ...describeValue(column, user), file, row, value, needed: describeNeeded(needed) },
    span,
    details,
  );
}

/** Whose value is wrong, and who needs another one; without a column it is what an expression computed. */
export function describeValue(
  column: string | undefined,
  user: string,
): { readonly what: string; readonly user: string } {
  return column === undefined
    ? { what: `a part of ${user}`, user: "its operator" }
    : { what: `column \`${column}\``, user };
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
    case "class":
      return "one of the classes of the label";
  }
}

/** The failure for the first sample weight that is null or negative. */
export async function findBadWeight(
  database: Database,
  source: Source,
  column: string,
  span: Span = source.span,
): Promise<Failure> {
  const expression: ColumnExpression = { kind: "column", name: column, span: source.span };
  for (const schema of source.files) {
    let row = 0;
    for await (const chunk of database.stream(`SELECT * FROM ${relationSql({ ...source, files: [schema] }, [column])}`))
      for (const [value] of chunk.getRows()) {
        row += 1;
        const weight = evaluateNumber(expression, { [column]: value }, cleanRules);
        if (weight !== null && weight >= 0) continue;
        const shown = weight === null ? "null" : numberText(weight);
        return createFailure("MTL7107", { column, file: schema.file.shown, row, value: shown }, span);
      }
  }
  throw new Error(`a sample weight was null or negative, and no row of ${column} is`);
}
