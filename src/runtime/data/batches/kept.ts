/** Columns of the data that go into a table of predictions as they are: what identifies a row, in its own type. */
import type { Database } from "../files/database.js";
import { explainReadError } from "../files/diagnose.js";
import { createGzipCheck } from "../files/gzip.js";
import { type ColumnName, type DataRole, openRole, type RoleOptions } from "../roles.js";
import { floatSql, keptAlias } from "../files/source.js";
import { finiteSql } from "../files/sql.js";
import type { TableFormat } from "./table-format.js";
import type { DataSpec } from "../uses.js";

export interface KeptColumns {
  readonly spec: DataSpec;
  readonly role: DataRole;
  readonly names: readonly string[];
  readonly options: RoleOptions & { readonly signal?: AbortSignal | undefined };
}

/** A column of a table in the database. */
export interface SqlColumn {
  readonly name: string;
  readonly sql: string;
  /** DuckDB's name of the type. */
  readonly type: string;
}

/** What a table of a format asks of columns that it keeps. */
export function keptUses(names: readonly string[], format: TableFormat): readonly ColumnName[] {
  return names.map((column) => ({ column, user: "the output", needs: format === "csv" ? "value" : "any" }));
}

/**
 * Makes a table of columns of the data of a role, in the order of the rows of its data set, each in the type that the
 * files have: texts of text formats trimmed, and null where they mean it. Where files differ in the type, values are their
 * texts. Throws a {@link Failure} for a column that is not there, or that the format cannot hold.
 */
export async function loadKept(
  database: Database,
  table: string,
  { spec, role, names, options }: KeptColumns,
  format: TableFormat,
): Promise<readonly SqlColumn[]> {
  const data = await openRole(database, spec, options, role, keptUses(names, format));
  if (data === undefined) throw new Error(`there is no ${role} data to read columns of`);
  const { relation } = data;
  const kept = [...new Set(names)];
  const columns = names.map((name, i) => `${keptAlias(kept, name)} AS c${i}`);
  try {
    await createGzipCheck(options.signal)(relation.source);
    await database.run(`CREATE TEMP TABLE ${table} AS SELECT ${columns.join(", ")} FROM ${relation.sql}`);
  } catch (error) {
    throw await explainReadError(database, relation.source, [], error);
  }
  const types = await database.rows(`DESCRIBE ${table}`);
  return names.map((name, i) => ({ name, sql: `${table}.c${i}`, type: String(types[i]?.[1]) }));
}

/** A value as a format writes it without losing digits, or inventing some. */
export function writtenSql(sql: string, type: string, format: TableFormat): string {
  const list = /^(.*)\[\d*\]$/.exec(type);
  if (list !== null) {
    const element = writtenSql("x", list[1] ?? "", format);
    return element === "x" ? sql : `list_transform(${sql}, lambda x: ${element})`;
  }
  switch (format) {
    case "csv":
      return sql;
    case "jsonl":
      // JSON has no NaN, and its numbers are those of 64 bits.
      return type === "FLOAT" ? finiteSql(`(${floatSql(sql)})`) : type === "DOUBLE" ? finiteSql(sql) : sql;
    case "parquet":
      return type === "HUGEINT" ? `CAST(${sql} AS DECIMAL(38, 0))` : sql;
  }
}
