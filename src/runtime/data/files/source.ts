/**
 * The rows of some data files as one relation in SQL, whatever their formats: columns clean (null where a value means
 * null) and of one kind, rows in the order of the files.
 */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Span } from "../../../compiler/text/index.js";
import { Failure } from "../../failure.js";
import type { Database } from "./database.js";
import { explainMissing } from "./explain-columns.js";
import { type DataFile, type FileRequest, resolveFiles } from "./files.js";
import type { ExpressionColumn, ExpressionColumns } from "../expressions/expression-sql.js";
import { columnIn, type ColumnKind, type ColumnUse, type FileColumn, type FileSchema } from "./columns.js";
import { areAlike, describeKind, readSchema, scanSql } from "./schema.js";
import { copyTable } from "./remote/tables.js";
import { cleanSql, nullNumbers, type ScalarKind, textSql, withoutNullsSql } from "./sql.js";
import { readableJson, readableTable } from "./text-copy.js";
import type { TextRules } from "../expressions/values.js";

export interface Source {
  readonly files: readonly FileSchema[];
  readonly rules: TextRules;
  readonly span: Span;
  /** The kind of a column over all files; undefined when it is missing from a file. */
  column(name: string): ColumnKind | undefined;
}

/** Finds the files and reads their schemas; no row is read. Throws a {@link Failure} for what is not there. */
export async function openSource(database: Database, request: FileRequest): Promise<Source> {
  const files = await resolveFiles(database, request);
  const schemas: FileSchema[] = [];
  for (const file of files) schemas.push(await readReadableSchema(database, file, request.span));
  const { nulls, trim } = request.options;
  const kinds = commonKinds(schemas);
  return {
    files: schemas,
    rules: { nulls, trim },
    span: request.span,
    column: (name) => kinds.get(name) ?? openKind(schemas, name),
  };
}

/** The schema of a file, and where the database reads its rows. */
async function readReadableSchema(database: Database, file: DataFile, span: Span): Promise<FileSchema> {
  switch (file.format) {
    case "csv":
    case "tsv": {
      const schema = await readSchema(database, file, span);
      return { ...schema, file: await readableTable(file, schema.columns.length, database, span) };
    }
    case "jsonl":
      return readSchema(database, await readableJson(file, database.folder, span), span);
    case "libsvm":
    case "slots":
    case "ali_ccp":
    case "parquet":
      return readSchema(database, file, span);
    case "duckdb":
    case "sqlite":
    case "postgres": {
      const { format, path, shown, options } = file;
      return readSchema(
        database,
        { ...file, ...(await copyTable(database, { format, path, shown, options, span })) },
        span,
      );
    }
  }
}

function commonKinds(schemas: readonly FileSchema[]): ReadonlyMap<string, ColumnKind> {
  const kinds = new Map<string, ColumnKind>();
  const counts = new Map<string, number>();
  const names = new Set(schemas.flatMap(({ columns }) => columns.map(({ name }) => name)));
  for (const schema of schemas)
    for (const name of names) {
      const type = columnIn(schema, name)?.type;
      if (type === undefined) continue;
      const known = kinds.get(name);
      kinds.set(name, known === undefined ? type : mergeKinds(known, type));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  for (const [name, count] of counts) if (count < schemas.length) kinds.delete(name);
  return kinds;
}

/** The kind of a column that no file names and all have: an index or a slot. */
function openKind(schemas: readonly FileSchema[], name: string): ColumnKind | undefined {
  const found = schemas.map((schema) => columnIn(schema, name)?.type);
  const [first] = found;
  return first !== undefined && found.every((type) => type?.kind === first.kind) ? first : undefined;
}

function mergeKinds(a: ColumnKind, b: ColumnKind): ColumnKind {
  if (a.kind === "list" && b.kind === "list") return { kind: "list", element: mergeScalars(a.element, b.element) };
  if (a.kind === "list" || b.kind === "list" || a.kind === "other" || b.kind === "other") return { kind: "other" };
  return { kind: mergeScalars(a.kind, b.kind) };
}

function mergeScalars(a: ScalarKind, b: ScalarKind): ScalarKind {
  // A text keeps the digits of a whole number that a double would round.
  return a === b ? a : "text";
}

/**
 * Throws one {@link Failure} with a diagnostic for each column that is missing from a file or that holds another kind of thing.
 * `isWhole`: what no file holds is a mistake, as in training data; an index or a slot may be missing from others.
 */
export function checkSource(source: Source, uses: readonly ColumnUse[], isWhole = false): void {
  const found: Diagnostic[] = [];
  const missing = new Map<FileSchema, ColumnUse[]>();
  for (const use of uses) {
    const schema = missesColumn(source, use, isWhole);
    if (schema !== undefined) missing.set(schema, [...(missing.get(schema) ?? []), use]);
    else {
      const problem = problemOf(source, use);
      if (problem !== undefined) found.push(problem);
    }
  }
  for (const [{ file, columns }, those] of missing) found.push(...explainMissing(file, columns, those, source.span));
  if (found.length > 0) throw new Failure(found);
}

/** The first file without a column; of whole data, the first one where none holds what its format may leave out. */
function missesColumn({ files }: Source, { column }: ColumnUse, isWhole: boolean): FileSchema | undefined {
  const holds = ({ columns }: FileSchema): boolean => columns.some(({ name }) => name === column);
  const [first] = files;
  if (isWhole && first?.open !== undefined && !files.some(holds)) return first;
  return files.find((schema) => columnIn(schema, column) === undefined);
}

function problemOf(source: Source, use: ColumnUse): Diagnostic | undefined {
  for (const schema of source.files) {
    const column = columnIn(schema, use.column);
    const problem = column === undefined ? undefined : wrongKind(use, schema.file.shown, column);
    if (problem !== undefined) return problem;
  }
  if (source.column(use.column)?.kind !== "other") return undefined;
  if (use.needs === "any" && typesOf(source, use.column).size === 1) return undefined;
  const file = source.files.map((schema) => schema.file.shown).join("`, `");
  const found = "lists in one file and single values in another";
  return createDiagnostic(
    "MTL7104",
    { column: use.column, file, found, needed: "one of them", user: use.user },
    use.span,
  );
}

/** Names that DuckDB has for the types of a column, over all files. */
function typesOf({ files }: Source, name: string): ReadonlySet<string | undefined> {
  return new Set(files.map(({ columns }) => columns.find((column) => column.name === name)?.sqlType));
}

function wrongKind(use: ColumnUse, file: string, { type }: FileColumn): Diagnostic | undefined {
  if (use.needs === "any") return undefined;
  if (type.kind !== "other" && (type.kind !== "list" || use.needs === "list")) return undefined;
  const needed = use.needs === "list" ? "text or a list of texts or numbers" : "one value per row";
  return createDiagnostic(
    "MTL7104",
    { column: use.column, file, found: describeKind(type), needed, user: use.user },
    use.span,
  );
}

export interface RelationOptions {
  /** Columns besides, as the files have them. */
  readonly kept?: readonly string[];
  /** Numbers and texts also as the files have them ({@link plainType}), which a query that does not name them does not read. */
  readonly plain?: boolean;
}

/** A relation of some columns of a source, in their order; all of them must be there. */
export function relationSql(
  source: Source,
  columns: readonly string[],
  { kept = [], plain = false }: RelationOptions = {},
): string {
  const runs: FileSchema[][] = [];
  for (const schema of source.files) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && areAlike(run[0], schema)) run.push(schema);
    else runs.push([schema]);
  }
  return `(${runs.map((run) => selectSql(source, run, columns, { kept, plain })).join(" UNION ALL ")})`;
}

function selectSql(
  source: Source,
  run: readonly FileSchema[],
  columns: readonly string[],
  { kept, plain }: Required<RelationOptions>,
): string {
  const find = (name: string): FileColumn => {
    const own = run[0] === undefined ? undefined : columnIn(run[0], name);
    if (own === undefined) throw new Error(`the schema check let the column ${name} through`);
    return own;
  };
  const list = columns.map((name) => {
    const common = source.column(name);
    if (common === undefined) throw new Error(`the schema check let the column ${name} through`);
    return `${columnSql(find(name), common, source.rules)} AS ${aliasOf(columns, name)}`;
  });
  const keeps = kept.map((name) => `${keptSql(find(name), source)} AS ${keptAlias(kept, name)}`);
  const plains = columns
    .filter((name) => plain && plainType(source, name) !== undefined)
    .map((name) => `${find(name).sql} AS ${plainAlias(columns, name)}`);
  const all = [...list, ...keeps, ...plains];
  return `SELECT ${all.length === 0 ? "1" : all.join(", ")} FROM ${scanSql(run)}`;
}

/** The type of a column that a program may clean as well as SQL, and faster: all files have it, and of numbers none means null. */
function plainType(source: Source, name: string): PlainType | undefined {
  const types = typesOf(source, name);
  const [type = ""] = types;
  const found = types.size === 1 ? plainTypes.get(type) : undefined;
  return found === "text" || nullNumbers(source.rules).length === 0 ? found : undefined;
}

type PlainType = NonNullable<ExpressionColumn["plain"]>["kind"];

const plainTypes: ReadonlyMap<string, PlainType> = new Map([
  ["FLOAT", "number"],
  ["DOUBLE", "number"],
  ["TINYINT", "whole"],
  ["SMALLINT", "whole"],
  ["INTEGER", "whole"],
  ["VARCHAR", "text"],
]);

/** A column in the type and with the characters of its files; in files of several types, its texts. */
function keptSql(column: FileColumn, source: Source): string {
  const { type, sql, sqlType } = column;
  const common = source.column(column.name);
  if (sqlType === "VARCHAR" && type.kind === "text") return withoutNullsSql(sql, source.rules);
  if (sqlType === "JSON") return jsonText(sql);
  if (typesOf(source, column.name).size === 1 || common?.kind === "integer" || type.kind === "other") return sql;
  if (common?.kind === "list") return columnSql(column, common, source.rules);
  return columnSql(column, { kind: "text" }, source.rules);
}

/** What a relation calls a column that it keeps. */
export function keptAlias(kept: readonly string[], name: string): string {
  return `k${kept.indexOf(name)}`;
}

/** The columns of a source of one file, and of `names` those that it has besides. */
export function rawColumns({ files }: Source, names: readonly string[]): readonly FileColumn[] {
  return files.flatMap((schema) => {
    const own = new Set(schema.columns.map(({ name }) => name));
    const more = names.filter((name) => !own.has(name)).map((name) => columnIn(schema, name));
    return [...schema.columns, ...more.filter((column) => column !== undefined)];
  });
}

/**
 * A query of columns of a source of one file: clean values of their own kind, nested ones and plain numbers as they are. Each column of texts that
 * `isNumber` picks gives two instead, one after the other: the number that the text spells, NaN where it spells none that is finite, and the text
 * where the number is NaN.
 */
export function rowsSql(
  source: Source,
  columns: readonly FileColumn[],
  isNumber: (column: FileColumn) => boolean,
): string {
  const { files, rules } = source;
  const list = columns.map((column, i) => {
    const isPlain = column.type.kind === "other" || plainType(source, column.name) === "number";
    return `${isPlain ? column.sql : columnSql(column, column.type, rules)} AS v${i}`;
  });
  const clean = `SELECT ${list.join(", ")} FROM ${scanSql(files)}`;
  if (!columns.some(isNumber)) return clean;
  const numbers = columns.map((column, i) =>
    isNumber(column) ? `TRY_CAST(v${i} AS DOUBLE) AS n${i}, v${i}` : `v${i}`,
  );
  const both = columns.map((column, i) =>
    isNumber(column)
      ? `CASE WHEN isfinite(n${i}) THEN n${i} ELSE CAST('NaN' AS DOUBLE) END, CASE WHEN isfinite(n${i}) THEN NULL ELSE v${i} END`
      : `v${i}`,
  );
  return `SELECT ${both.join(", ")} FROM (SELECT ${numbers.join(", ")} FROM (${clean}))`;
}

/** A raw column, clean and of the kind that it has over all files. */
function columnSql(column: FileColumn, common: ColumnKind, rules: TextRules): string {
  const name = column.sql;
  if (column.type.kind === "other" || common.kind === "other")
    throw new Error(`the schema check let the column ${column.name} through`);
  if (column.type.kind === "list") {
    const own = column.type.element;
    const element = common.kind === "list" ? common.element : "text";
    const value = rawSql("x", column.sqlType.replace(/\[\d*\]$/, ""), own);
    return `list_transform(${name}, lambda x: ${own === element ? value : textSql(value, own)})`;
  }
  if (common.kind === "list") throw new Error(`the schema check let the column ${column.name} through`);
  const own = column.type.kind;
  const clean = cleanSql(rawSql(name, column.sqlType, own), own, rules);
  return own === common.kind ? clean : textSql(clean, own);
}

/** A value of a file in the type of its kind, with the digits that the file has. */
function rawSql(sql: string, sqlType: string, kind: ScalarKind): string {
  if (sqlType === "JSON") return jsonText(sql);
  if (sqlType === "FLOAT") return floatSql(sql);
  return `CAST(${sql} AS ${canonicalTypes[kind]})`;
}

/** A number of 32 bits as the shortest decimal that means it: 0.1, and not 0.10000000149011612. */
export function floatSql(sql: string): string {
  return `CASE WHEN abs(${sql}) < 16777216 AND ${sql} = trunc(${sql}) THEN CAST(${sql} AS DOUBLE) ELSE CAST(CAST(${sql} AS VARCHAR) AS DOUBLE) END`;
}

const canonicalTypes: Readonly<Record<ScalarKind, string>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  text: "VARCHAR",
};

/** A column of JSON holds values of several types; their texts are what we use. */
function jsonText(name: string): string {
  const text = `(${name} ->> '$')`;
  const isDouble = `json_type(${name}) = 'DOUBLE' AND NOT regexp_full_match(${text}, '-?[0-9]+')`;
  return `CASE WHEN ${isDouble} THEN ${textSql(`CAST(${name} AS DOUBLE)`, "number")} ELSE ${text} END`;
}

/** Columns of a relation are named by their place: SQL takes `a` and `A` for one name, and files do not. */
function aliasOf(columns: readonly string[], name: string): string {
  return `v${columns.indexOf(name)}`;
}

function plainAlias(columns: readonly string[], name: string): string {
  return `p${columns.indexOf(name)}`;
}

/** How expressions see the columns of {@link relationSql}, made with the same options. */
export function expressionColumns(
  source: Source,
  columns: readonly string[],
  { plain = false }: RelationOptions = {},
): ExpressionColumns {
  return (name): ExpressionColumn => {
    const type = source.column(name);
    if (type === undefined || type.kind === "other") throw new Error(`the schema check let the column ${name} through`);
    const clean = { sql: aliasOf(columns, name), kind: type.kind };
    const plainIs = plain ? plainType(source, name) : undefined;
    if (plainIs === undefined) return clean;
    const sql = plainAlias(columns, name);
    const { rules } = source;
    return { ...clean, plain: plainIs === "text" ? { kind: plainIs, sql, rules } : { kind: plainIs, sql } };
  };
}
