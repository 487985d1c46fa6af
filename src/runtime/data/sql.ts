/**
 * SQL of the rules in `values.ts`, and quoting. Every piece takes SQL and gives SQL; nothing of a spec or of a file gets
 * into a query but through {@link quoteName} and {@link quoteText}.
 */
import { type TextRules, whiteSpace } from "./values.js";

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB's plain literal knows no escape but the doubled quote. A zero character ends a query, so it is spelled out. */
export function quoteText(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** A double, exactly. */
export function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) return "CAST(NULL AS DOUBLE)";
  // Without the cast DuckDB reads digits as DECIMAL, which counts otherwise.
  return `CAST(${quoteText(String(value))} AS DOUBLE)`;
}

/** What a file's column holds, as far as the rules for values care. */
export type ScalarKind = "integer" | "number" | "boolean" | "text";

/** Null where a double is NaN or infinite. */
export function finiteSql(sql: string): string {
  return `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
}

/** A raw column without what means null, texts trimmed when the rules say so: `scalarOf`. */
export function cleanSql(sql: string, kind: ScalarKind, rules: TextRules): string {
  if (kind === "number") return finiteSql(sql);
  if (kind !== "text") return sql;
  const trimmed = rules.trim ? `trim(${sql}, ${quoteText(whiteSpace)})` : sql;
  return rules.nulls.reduce(
    (inner, text) => (text === "" ? inner : `nullif(${inner}, ${quoteText(text)})`),
    `nullif(${trimmed}, '')`,
  );
}

/** `values.ts`'s `textOf` of SQL that is of a kind. */
export function textSql(sql: string, kind: ScalarKind): string {
  switch (kind) {
    case "text":
      return sql;
    case "integer":
    case "boolean":
      return `CAST(${sql} AS VARCHAR)`;
    case "number":
      return (
        `CASE WHEN ${sql} = trunc(${sql}) AND abs(${sql}) < 9007199254740992 THEN CAST(CAST(${sql} AS BIGINT) AS VARCHAR) ` +
        `WHEN isfinite(${sql}) THEN CAST(${sql} AS VARCHAR) END`
      );
  }
}

/** `numberOf` of clean SQL; the query fails with a conversion error at a text that is no number. */
export function numberSql(sql: string, kind: ScalarKind): string {
  if (kind === "number") return sql;
  return kind === "text" ? finiteSql(`CAST(${sql} AS DOUBLE)`) : `CAST(${sql} AS DOUBLE)`;
}

/** `booleanOf`; the query fails with a conversion error at a value that is neither. */
export function booleanSql(sql: string, kind: ScalarKind): string {
  switch (kind) {
    case "boolean":
      return sql;
    case "text":
      return `CASE lower(${sql}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE ${booleanOfNumber(`CAST(${sql} AS DOUBLE)`)} END`;
    case "integer":
    case "number":
      return booleanOfNumber(sql);
  }
}

/** The conversion in the last branch always fails: a number with a question mark is no boolean. */
function booleanOfNumber(sql: string): string {
  return (
    `CASE WHEN NOT isfinite(CAST(${sql} AS DOUBLE)) THEN NULL WHEN ${sql} = 1 THEN TRUE WHEN ${sql} = 0 THEN FALSE ` +
    `ELSE CAST(CAST(${sql} AS VARCHAR) || '?' AS BOOLEAN) END`
  );
}
