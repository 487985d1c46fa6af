/** The columns of data files: their names, and what they hold as far as the rules for values care. */
import { isTextTable } from "../../../compiler/formats/index.js";
import { createFailure } from "../../failure.js";
import { quote, type Span } from "../../../compiler/text/index.js";
import { readAliCcpSchema } from "./lines/ali-ccp.js";
import type { ColumnKind, FileColumn, FileSchema } from "./columns.js";
import { type Database, firstLine } from "./database.js";
import { doubledName } from "./explain-columns.js";
import { type DataFile, isZstd, literalPath, pathsOf } from "./files.js";
import { cutLine, readFirstLine } from "./header.js";
import { firstText, lineScanSql, readLineSchema } from "./lines/line-formats.js";
import { explainRemoteError } from "./remote/remote-files.js";
import { quoteName, quoteText } from "./sql.js";
import { trimText } from "../expressions/values.js";
import { findZstdFault } from "./zstd.js";

/** Reads what a file says of its columns: the first line of text files, the footer of Parquet, all lines of JSON. */
export async function readSchema(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  for (const { path, shown } of pathsOf(file)) {
    const fault = isZstd(path) ? await findZstdFault(path) : undefined;
    if (fault !== undefined)
      throw createFailure("MTL7102", { file: shown, problem: `its zstd data is damaged (${fault})` }, span);
  }
  switch (file.format) {
    case "csv":
    case "tsv":
      return { file, columns: (await textColumns(database, file, span)).map(textColumn) };
    case "parquet":
    case "duckdb":
    case "sqlite":
    case "postgres":
      return {
        file,
        columns: await describe(
          database,
          file,
          `read_parquet(${literalPath(file.readFrom ?? file.path)}, binary_as_string=true)`,
          span,
        ),
      };
    case "libsvm":
    case "slots":
      return readLineSchema(database, file, span);
    case "ali_ccp":
      return readAliCcpSchema(database, file, span);
    case "jsonl": {
      // A later line may hold what the first ones do not tell, so all are looked at.
      const scan = `read_json(${literalPath(file.readFrom ?? file.path)}, format='newline_delimited', sample_size=-1)`;
      const columns = await describe(database, file, scan, span);
      const wide = await wideColumns(database, file, columns);
      return {
        file,
        columns: columns.map((column) => {
          if (wide.has(column.name)) return { ...column, ...exactTypes[column.type.kind === "list" ? "list" : "text"] };
          // A text that looks like a date stays the text that it is.
          return /^(DATE|TIME)/.test(column.sqlType) ? asText(column) : column;
        }),
      };
    }
  }
}

/** How columns of JSON are read that hold whole numbers which a double would round. */
const exactTypes = {
  text: { type: { kind: "text" }, sqlType: "JSON" },
  list: { type: { kind: "list", element: "text" }, sqlType: "VARCHAR[]" },
} as const;

/** Columns of JSON that would be read as doubles and hold whole numbers of 16 or more digits. */
async function wideColumns(
  database: Database,
  file: DataFile,
  columns: readonly FileColumn[],
): Promise<ReadonlySet<string>> {
  const doubles = columns.filter(({ sqlType }) => sqlType === "DOUBLE" || sqlType === "DOUBLE[]");
  if (doubles.length === 0) return new Set();
  const types = doubles.map(({ name, sqlType }) => `${quoteText(name)}: '${sqlType.replace("DOUBLE", "VARCHAR")}'`);
  const isWide = (sql: string): string => `regexp_full_match(${sql}, '-?[0-9]{16,}')`;
  const tests = doubles.map(({ sql, sqlType }) =>
    sqlType === "DOUBLE"
      ? `bool_or(${isWide(sql)})`
      : `bool_or(len(list_filter(${sql}, lambda x: ${isWide("x")})) > 0)`,
  );
  const scan = `read_json(${literalPath(file.readFrom ?? file.path)}, format='newline_delimited', columns={${types.join(", ")}})`;
  const [found] = await database.rows(`SELECT ${tests.join(", ")} FROM ${scan}`);
  return new Set(doubles.filter((_, i) => found?.[i] === true).map(({ name }) => name));
}

/** TSV has no quotes: a tab cannot appear in a value, and a quotation mark is one. */
export function quoteOf(file: DataFile): '"' | "" {
  return file.format === "tsv" ? "" : '"';
}

function asText(column: FileColumn): FileColumn {
  return { ...column, type: { kind: "text" }, sqlType: "VARCHAR" };
}

/** Named by its place: DuckDB takes `a` and `A` for one name, and files do not. */
function textColumn(name: string, index: number): FileColumn {
  return { name, type: { kind: "text" }, sqlType: "VARCHAR", sql: `c${index}` };
}

/** Another delimiter by which a line has as many values as there are names. */
function delimiterHelp(values: readonly string[], delimiter: string, wanted: number): { readonly help?: string } {
  const line = values.join(delimiter);
  const other = [",", ";", "\t", "|", " "].find((each) => each !== delimiter && line.split(each).length === wanted);
  return other === undefined ? {} : { help: `by ${quote(other)} it has ${wanted}: \`delimiter: ${quote(other)}\`` };
}

async function textColumns(database: Database, file: DataFile, span: Span): Promise<readonly string[]> {
  const { header, delimiter, columns } = file.options;
  const first = await firstLineOf(database, file).catch((error: Error) => {
    throw createFailure("MTL7102", { file: file.shown, problem: error.message }, span);
  });
  if (first === undefined) throw createFailure("MTL7102", { file: file.shown, problem: "it is empty" }, span);
  if (columns === undefined && !header) throw createFailure("MTL7112", { file: file.shown }, span);
  if (columns !== undefined && columns.length !== first.length)
    throw createFailure("MTL7110", { file: file.shown, found: first.length, named: columns.length }, span, {
      notes: [`the delimiter is ${quote(delimiter)}`],
      ...delimiterHelp(first, delimiter, columns.length),
    });
  const names = columns ?? first.map(trimText);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw doubledName(file, names, twice, span);
  return names;
}

/** The values of the first line; what packs the file decides who unpacks it. */
async function firstLineOf(database: Database, file: DataFile): Promise<readonly string[] | undefined> {
  const { delimiter } = file.options;
  if (!isZstd(file.path)) return readFirstLine(file.path, delimiter, quoteOf(file));
  const text = await firstText(database, file.path);
  return text === undefined ? undefined : cutLine(text, delimiter, quoteOf(file));
}

async function describe(database: Database, file: DataFile, scan: string, span: Span): Promise<readonly FileColumn[]> {
  try {
    const rows = await database.rows(`DESCRIBE SELECT * FROM ${scan}`);
    return rows.map(([name, sqlType]) => ({
      name: String(name),
      type: kindOfType(String(sqlType)),
      sqlType: String(sqlType),
      sql: quoteName(String(name)),
    }));
  } catch (error) {
    // What a server says of Parquet that is there.
    if (file.remote !== undefined && error instanceof Error && error.message.startsWith("HTTP"))
      throw explainRemoteError(error, file.shown, span);
    throw createFailure("MTL7102", { file: file.shown, problem: firstLine(error) }, span);
  }
}

export function kindOfType(sqlType: string): ColumnKind {
  const list = /^(.*)\[\d*\]$/.exec(sqlType);
  if (list !== null) {
    const element = kindOfType(list[1] ?? "");
    return element.kind === "list" || element.kind === "other"
      ? { kind: "other" }
      : { kind: "list", element: element.kind };
  }
  const name = sqlType.replace(/\(.*$/, "");
  // What 64 bits hold is a whole number; the digits of any other decimal stay a text.
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType);
  if (decimal !== null && Number(decimal[1]) <= 18 && Number(decimal[2]) === 0) return { kind: "integer" };
  switch (name) {
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "BIGINT":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
      return { kind: "integer" };
    case "FLOAT":
    case "DOUBLE":
      return { kind: "number" };
    case "BOOLEAN":
      return { kind: "boolean" };
    case "STRUCT":
    case "MAP":
    case "UNION":
    case "BLOB":
    case "BIT":
    case "GEOMETRY":
    case "VARIANT":
      return { kind: "other" };
    default:
      // Texts, dates, times, UUIDs, enumerations, JSON of several types, decimals, and integers beyond 64 bits.
      return { kind: "text" };
  }
}

/** A kind in words. */
export function describeKind(type: ColumnKind): string {
  switch (type.kind) {
    case "integer":
    case "number":
      return "numbers";
    case "boolean":
      return "booleans";
    case "text":
      return "text";
    case "list":
      return `lists of ${describeKind({ kind: type.element })}`;
    case "other":
      return "nested values";
  }
}

/** SQL that reads files of one schema; columns have the names and types of the schema. */
export function scanSql(schemas: readonly FileSchema[]): string {
  const [first] = schemas;
  if (first === undefined) throw new Error("a scan of no files");
  const { file, columns } = first;
  const paths = `[${schemas.map((schema) => literalPath(schema.file.readFrom ?? schema.file.path)).join(", ")}]`;
  const isText = isTextTable(file.format);
  const types = columns.map(({ name, sql, sqlType }) => `${quoteText(isText ? sql : name)}: ${quoteText(sqlType)}`);
  switch (file.format) {
    case "csv":
    case "tsv": {
      const { header, delimiter } = file.options;
      const quote = quoteText(quoteOf(file));
      return (
        `read_csv(${paths}, auto_detect=false, header=${String(header)}, delim=${quoteText(delimiter)}, ` +
        `quote=${quote}, escape=${quote}, columns={${types.join(", ")}})`
      );
    }
    case "parquet":
    case "duckdb":
    case "sqlite":
    case "postgres":
      return `read_parquet(${paths}, binary_as_string=true)`;
    case "libsvm":
    case "slots":
      return lineScanSql(file, paths);
    case "ali_ccp":
      if (first.scan === undefined) throw new Error("a sample skeleton is read by its columns");
      return first.scan(paths);
    case "jsonl":
      return `read_json(${paths}, format='newline_delimited', columns={${types.join(", ")}})`;
  }
}

/** Whether one scan can read both files. */
export function areAlike(a: FileSchema, b: FileSchema): boolean {
  const shape = ({ file, columns }: FileSchema): string =>
    JSON.stringify([
      file.format,
      file.options,
      file.common?.path,
      columns.map(({ name, sqlType, sql }) => [name, sqlType, sql]),
    ]);
  return shape(a) === shape(b);
}
