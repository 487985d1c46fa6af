/**
 * SQL of the rules in `values.ts`, and quoting. Every piece takes SQL and gives SQL; nothing of a spec or of a file gets
 * into a query but through {@link quoteName} and {@link quoteText}.
 */
import { nullTexts } from "../../../compiler/model/missing.js";
import { numberText, parseNumber, type TextRules, whiteSpace } from "../expressions/values.js";

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

/**
 * A raw column without what means null, texts trimmed when the rules say so and canonical: `scalarOf`. One CASE, which names
 * the column a few times: where conditions nest, a query grows beyond what can be planned.
 */
export function cleanSql(sql: string, kind: ScalarKind, rules: TextRules): string {
  const nulls = nullTexts(rules.nulls);
  switch (kind) {
    case "text":
      return cleanTextSql(rules.trim ? `trim(${sql}, ${quoteText(whiteSpace)})` : sql, nulls);
    case "number": {
      const literals = nullNumbers(rules).map(numberLiteral);
      return `CASE WHEN isfinite(${sql})${literals.length === 0 ? "" : ` AND ${sql} NOT IN (${literals.join(", ")})`} THEN ${sql} END`;
    }
    case "integer":
      return withoutValues(
        sql,
        nulls
          .filter((text) => /^-?(?:0|[1-9][0-9]{0,17})$/.test(text))
          .map((text) => `CAST(${quoteText(text)} AS BIGINT)`),
      );
    case "boolean":
      return withoutValues(
        sql,
        nulls.filter((text) => text === "true" || text === "false"),
      );
  }
}

/** Numbers that mean null. */
export function nullNumbers({ nulls }: TextRules): readonly number[] {
  return nullTexts(nulls).flatMap((text) => {
    const number = parseNumber(text) ?? NaN;
    return Number.isFinite(number) && numberText(number) === text ? [number] : [];
  });
}

/** A text, trimmed when the rules say so, or null where it means it; else with the characters that it has. */
export function withoutNullsSql(sql: string, rules: TextRules): string {
  const trimmed = rules.trim ? `trim(${sql}, ${quoteText(whiteSpace)})` : sql;
  return `CASE WHEN ${cleanTextSql(trimmed, nullTexts(rules.nulls))} IS NULL THEN NULL ELSE ${trimmed} END`;
}

function withoutValues(sql: string, values: readonly string[]): string {
  return values.length === 0 ? sql : `CASE WHEN ${sql} IN (${values.join(", ")}) THEN NULL ELSE ${sql} END`;
}

/** `cleanText` of a trimmed text. The cheap tests come first: most texts end at them. */
function cleanTextSql(sql: string, nulls: readonly string[]): string {
  const spelled: Readonly<Record<string, readonly string[]>> = {
    true: ["True", "TRUE"],
    false: ["False", "FALSE"],
    0: ["-0"],
  };
  const listed = ["", ...nulls.flatMap((text) => [text, ...(spelled[text] ?? [])])].map(quoteText).join(", ");
  const wholes = nulls
    .filter((text) => /^-?[0-9]+$/.test(text))
    .flatMap((text) => (text === "0" ? ["0", "-0"] : [text]));
  const hasFraction = `suffix(${sql}, '0') AND contains(${sql}, '.')`;
  const isNullWhole =
    wholes.length === 0
      ? ""
      : ` WHEN ${hasFraction} AND regexp_full_match(${sql}, '(${wholes.join("|")})[.]0+') THEN NULL`;
  return (
    `CASE WHEN ${sql} IN (${listed}) THEN NULL${isNullWhole} ` +
    `WHEN ${hasFraction} AND regexp_full_match(${sql}, '-0[.]0+') THEN '0' ` +
    `WHEN ${hasFraction} AND regexp_full_match(${sql}, '-?(0|[1-9][0-9]*)[.]0+') THEN split_part(${sql}, '.', 1) ` +
    `WHEN ${sql} IN ('True', 'TRUE') THEN 'true' WHEN ${sql} IN ('False', 'FALSE') THEN 'false' ` +
    `WHEN ${sql} = '-0' THEN '0' ELSE ${sql} END`
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

/** `numberOf` of clean SQL; the query fails with a conversion error at a text that is not a number. */
export function numberSql(sql: string, kind: ScalarKind): string {
  if (kind === "number") return sql;
  return kind === "text" ? finiteSql(spelledNumberSql(sql, `CAST(${sql} AS DOUBLE)`)) : `CAST(${sql} AS DOUBLE)`;
}

/** A text as a double: `otherwise` where it is neither a number nor a boolean. */
function spelledNumberSql(sql: string, otherwise: string): string {
  return `coalesce(TRY_CAST(${sql} AS DOUBLE), CASE lower(${sql}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ${otherwise} END)`;
}

/** Whether a text is a whole number of at most 38 digits. */
function isWholeSql(text: string): string {
  return `regexp_full_match(${text}, '-?(0|[1-9][0-9]{0,37})')`;
}

/** A clean column of the relation that the SQL runs over. */
export interface ScalarSql {
  readonly sql: string;
  readonly kind: ScalarKind;
}

/** `areEqual` of two clean columns. */
export function equalSql(a: ScalarSql, b: ScalarSql): string {
  if (a.kind === "integer" && b.kind === "integer") return `(${a.sql} = ${b.sql})`;
  if (a.kind !== "text" && b.kind !== "text") return `(${numberSql(a.sql, a.kind)} = ${numberSql(b.sql, b.kind)})`;
  const [textA, textB] = [textSql(a.sql, a.kind), textSql(b.sql, b.kind)];
  const [x, y] = [a, b].map(({ sql, kind }) =>
    kind === "text" ? spelledNumberSql(sql, "NULL") : numberSql(sql, kind),
  ) as [string, string];
  return (
    `(CASE WHEN ${isWholeSql(textA)} AND ${isWholeSql(textB)} THEN (${textA}) = (${textB}) ` +
    `WHEN (${x}) IS NOT NULL AND (${y}) IS NOT NULL THEN ${finiteSql(`(${x})`)} = ${finiteSql(`(${y})`)} ` +
    `ELSE (${textA}) = (${textB}) END)`
  );
}

/** `compareNumbers` of two clean columns; the query fails with a conversion error at a text that is not a number. */
export function orderSql(a: ScalarSql, operator: "<" | "<=" | ">" | ">=", b: ScalarSql): string {
  if (a.kind === "integer" && b.kind === "integer") return `(${a.sql} ${operator} ${b.sql})`;
  const [x, y] = [numberSql(a.sql, a.kind), numberSql(b.sql, b.kind)];
  const doubles = `(${x}) ${operator} (${y})`;
  if (a.kind !== "text" && b.kind !== "text") return `(${doubles})`;
  const [textA, textB] = [textSql(a.sql, a.kind), textSql(b.sql, b.kind)];
  const wholes = `TRY_CAST(${textA} AS HUGEINT) ${operator} TRY_CAST(${textB} AS HUGEINT)`;
  return `(CASE WHEN (${x}) = (${y}) AND ${isWholeSql(textA)} AND ${isWholeSql(textB)} THEN ${wholes} ELSE ${doubles} END)`;
}

/** `booleanOf`; the query fails with a conversion error at a value that is neither. */
export function booleanSql(sql: string, kind: ScalarKind): string {
  switch (kind) {
    case "boolean":
      return sql;
    case "text":
      return `CASE lower(${sql}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE ${booleanOfNumber(`CAST(${sql} AS DOUBLE)`)} END`;
    case "integer":
      // A null equals neither, and stays one in the last branch.
      return `CASE ${sql} WHEN 1 THEN TRUE WHEN 0 THEN FALSE ELSE ${noBooleanSql(sql)} END`;
    case "number":
      return booleanOfNumber(sql);
  }
}

function booleanOfNumber(sql: string): string {
  return (
    `CASE WHEN NOT isfinite(CAST(${sql} AS DOUBLE)) THEN NULL WHEN ${sql} = 1 THEN TRUE WHEN ${sql} = 0 THEN FALSE ` +
    `ELSE ${noBooleanSql(sql)} END`
  );
}

/** A conversion that always fails: a number with a question mark is not a boolean. */
function noBooleanSql(sql: string): string {
  return `CAST(CAST(${sql} AS VARCHAR) || '?' AS BOOLEAN)`;
}
