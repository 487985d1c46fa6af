/**
 * Formats with one row per line and no columns of their own: `libsvm` (`2 qid:10 1:0.5 46:0.1 # doc 7`) and `slots`
 * (`1,0,210:7,210:9,301:2`). DuckDB reads the lines, and each column is an expression over their pieces.
 */
import { createFailure } from "../../../failure.js";
import type { Span } from "../../../../compiler/text/index.js";
import type { Database } from "../database.js";
import { type DataFile, literalPath } from "../files.js";
import type { FileColumn, FileSchema } from "../columns.js";
import { quoteText } from "../sql.js";

/** A separator that no line of text holds. */
const noDelimiter = quoteText("\u001f");

/** SQL of the lines of files that are not empty: `line`, `row` from 1. */
export function linesSql(paths: string): string {
  return (
    `(SELECT line, row_number() OVER () AS row FROM read_csv(${paths}, auto_detect=false, header=false, ` +
    `delim=${noDelimiter}, quote='', escape='', strict_mode=false, columns={'line': 'VARCHAR'}) WHERE trim(line) <> '')`
  );
}

/** The first line of a text file that DuckDB unpacks; undefined when it has none. */
export async function firstText(database: Database, path: string): Promise<string | undefined> {
  const [first] = await database.rows(`SELECT line FROM ${linesSql(literalPath(path))} LIMIT 1`);
  return first === undefined ? undefined : String(first[0]);
}

/** SQL of the lines of files cut into pieces, for the expressions of {@link FileColumn.sql}. */
export function lineScanSql(file: DataFile, paths: string): string {
  return file.format === "libsvm" ? libsvmSql(paths) : slotsSql(paths, file.options.delimiter);
}

/** The columns of a file of lines: all of them are looked at. Throws MTL7130 for a line of another form. */
export function readLineSchema(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  return file.format === "libsvm" ? readLibsvm(database, file, span) : readSlots(database, file, span);
}

/** What a message shows of a piece of a line. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

// ------------------------------------------------------------------------------------------------------------ libsvm

/** Lines that only hold a comment are not rows. */
function libsvmSql(paths: string): string {
  const body = `trim(regexp_replace(line, '#.*$', ''))`;
  return (
    `(SELECT *, list_transform(pieces[2:], lambda x: split_part(x, ':', 1)) AS keys, ` +
    `list_transform(pieces[2:], lambda x: substr(x, strpos(x, ':') + 1)) AS vals FROM ` +
    `(SELECT line, row, nullif(trim(regexp_extract(line, '#(.*)$', 1)), '') AS comment, ` +
    `string_split_regex(${body}, '\\s+') AS pieces FROM ${linesSql(paths)} WHERE ${body} <> ''))`
  );
}

function column(name: string, sql: string): FileColumn {
  return { name, type: { kind: "text" }, sqlType: "VARCHAR", sql };
}

function valueOf(key: string): string {
  return `list_extract(vals, nullif(list_position(keys, ${quoteText(key)}), 0))`;
}

/** An index that a line does not name is 0. */
function featureColumn(index: string): FileColumn {
  return column(`f${index}`, `coalesce(${valueOf(index)}, '0')`);
}

const libsvmForm = quoteText("[-+.\\d][^\\s:]*(?:\\s+(?:qid|\\d+):[^\\s:]+)*");

async function readLibsvm(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  const indexes = "list_transform(list_filter(keys, lambda x: x <> 'qid'), lambda x: TRY_CAST(x AS INTEGER))";
  const bad =
    `(NOT regexp_full_match(trim(regexp_replace(line, '#.*$', '')), ${libsvmForm}) ` +
    "OR len(list_distinct(keys)) < len(keys))";
  const [found] = await readLines(
    database,
    file.shown,
    span,
    "SELECT count(*), max(list_max(indexes)), min(list_min(indexes)), bool_or(list_contains(keys, 'qid')), " +
      "bool_or(comment IS NOT NULL), min(row) FILTER (bad), min_by(line, row) FILTER (bad) FROM " +
      `(SELECT *, ${indexes} AS indexes, ${bad} AS bad FROM ${libsvmSql(literalPath(file.path))})`,
  );
  const [rows, largest, smallest, hasQid, hasComment, badRow, badLine] = found ?? [];
  if (badRow !== null && badRow !== undefined)
    throw createFailure(
      "MTL7130",
      {
        file: file.shown,
        row: Number(badRow),
        found: shortened(wrongPiece(String(badLine))),
        form: "label qid:1 1:0.5 2:0.1",
      },
      span,
      { help: "each line is a label and pairs `index:value`, each index once; `qid:` names the query" },
    );
  if (Number(rows) === 0) throw createFailure("MTL7102", { file: file.shown, problem: "it is empty" }, span);
  const from = Number(smallest ?? 1) === 0 ? 0 : 1;
  const count = Math.max(0, Number(largest ?? 0) - from + 1);
  const columns = [
    column("label", "list_extract(pieces, 1)"),
    ...(hasQid === true ? [column("qid", valueOf("qid"))] : []),
    ...Array.from({ length: count }, (_, i) => featureColumn(String(i + from))),
    ...(hasComment === true ? [column("comment", "comment")] : []),
  ];
  return { file, columns, open: (name) => (/^f(?:0|[1-9]\d*)$/.test(name) ? featureColumn(name.slice(1)) : undefined) };
}

function wrongPiece(line: string): string {
  const pieces = line.replace(/#.*$/, "").trim().split(/\s+/);
  if (!/^[-+.\d][^:]*$/.test(pieces[0] ?? "")) return pieces[0] ?? "";
  const wrong = pieces.slice(1).find((piece, i) => {
    const key = piece.split(":")[0];
    return !/^(?:qid|\d+):[^:]+$/.test(piece) || pieces.slice(1, i + 1).some((other) => other.split(":")[0] === key);
  });
  return wrong ?? pieces[0] ?? "";
}

// ------------------------------------------------------------------------------------------------------------- slots

/** A blank as delimiter is any white space. */
function slotsSql(paths: string, delimiter: string): string {
  const pieces =
    delimiter.trim() === ""
      ? "string_split_regex(trim(line), '\\s+')"
      : `string_split(trim(line), ${quoteText(delimiter)})`;
  return (
    "(SELECT *, list_filter(pieces, lambda x: contains(x, ':')) AS pairs, " +
    "list_filter(pieces, lambda x: NOT contains(x, ':')) AS plain FROM " +
    `(SELECT line, row, list_filter(${pieces}, lambda x: x <> '') AS pieces FROM ${linesSql(paths)}))`
  );
}

async function readSlots(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  const { columns = [], delimiter } = file.options;
  const scan = slotsSql(literalPath(file.path), delimiter);
  const bad =
    "(len(list_filter(pairs, lambda x: NOT regexp_full_match(x, '[^:]+:[^:]+'))) > 0 OR " +
    // Plain values come before the pairs.
    "len(list_filter(pieces[1:len(plain)], lambda x: contains(x, ':'))) > 0)";
  const [found] = await readLines(
    database,
    file.shown,
    span,
    "SELECT count(*), min(len(plain)), max(len(plain)), min(row) FILTER (bad), min_by(line, row) FILTER (bad) FROM " +
      `(SELECT *, ${bad} AS bad FROM ${scan})`,
  );
  const [rows, least, most, badRow, badLine] = found ?? [];
  if (badRow !== null && badRow !== undefined) {
    const pieces = String(badLine).split(delimiter.trim() === "" ? /\s+/ : delimiter);
    const wrong = pieces.find((piece, i) =>
      piece.includes(":") ? !/^[^:]+:[^:]+$/.test(piece) : pieces.slice(0, i).some((other) => other.includes(":")),
    );
    throw createFailure(
      "MTL7130",
      { file: file.shown, row: Number(badRow), found: shortened(wrong ?? ""), form: "1,0,210:7,301:2" },
      span,
      {
        help:
          delimiter.trim() === "" && wrong?.includes(",") === true
            ? 'values are separated by commas here: `slots(delimiter: ",", …)`'
            : "each line is plain values and then pairs `slot:id`; a slot may appear several times",
      },
    );
  }
  if (Number(rows) === 0) throw createFailure("MTL7102", { file: file.shown, problem: "it is empty" }, span);
  if (Number(least) !== columns.length || Number(most) !== columns.length)
    throw createFailure(
      "MTL7131",
      { file: file.shown, least: Number(least), most: Number(most), named: columns.length, delimiter },
      span,
    );
  const slots = await readLines(
    database,
    file.shown,
    span,
    `SELECT DISTINCT unnest(list_transform(pairs, lambda x: split_part(x, ':', 1))) AS slot FROM ${scan}`,
  );
  const names = slots.map(([slot]) => String(slot)).sort(compareSlots);
  return {
    file,
    columns: [...columns.map((name, i) => column(name, `list_extract(plain, ${i + 1})`)), ...names.map(slotColumn)],
    open: (name) => (name.startsWith("slot_") ? slotColumn(name.slice("slot_".length)) : undefined),
  };
}

function slotColumn(slot: string): FileColumn {
  const start = quoteText(`${slot}:`);
  return {
    name: `slot_${slot}`,
    type: { kind: "list", element: "text" },
    sqlType: "VARCHAR[]",
    sql: `list_transform(list_filter(pairs, lambda x: starts_with(x, ${start})), lambda x: substr(x, ${[...slot].length + 2}))`,
  };
}

function compareSlots(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** The rows of a query of lines. Throws MTL7102 for a file that the database cannot read; `shown` is its path in messages. */
export async function readLines(
  database: Database,
  shown: string,
  span: Span,
  sql: string,
): Promise<readonly (readonly unknown[])[]> {
  try {
    return await database.rows(sql);
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw createFailure("MTL7102", { file: shown, problem }, span);
  }
}
