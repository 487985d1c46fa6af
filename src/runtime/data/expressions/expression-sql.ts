/** Expressions as SQL; what they mean is in `expression.ts`. */
import type { ColumnExpression } from "../../../compiler/model/model.js";
import {
  argument,
  type BinaryExpression,
  type CallExpression,
  type Comparison,
  comparisonKind,
  crossSeparator,
  isArithmetic,
  type Kind,
  membershipKind,
  naturalKind,
} from "./expression.js";
import {
  booleanSql,
  equalSql,
  finiteSql,
  numberLiteral,
  numberSql,
  orderSql,
  quoteText,
  type ScalarKind,
  type ScalarSql,
  textSql,
} from "../files/sql.js";
import { booleanOf, numberOf, textOf, type TextRules } from "./values.js";

/** A clean column of the relation that the SQL runs over; `list` columns may only be tested with `missing`. */
export interface ExpressionColumn {
  readonly sql: string;
  readonly kind: ScalarKind | "list";
  /** The column as its files have it, where a program cleans it as `sql` would, and faster. */
  readonly plain?: PlainSql;
}

/** SQL of a FLOAT or a DOUBLE, of an integer of at most 32 bits with a sign, or of a VARCHAR that is cleaned by rules. */
export type PlainSql =
  | { readonly kind: "number" | "whole"; readonly sql: string }
  | { readonly kind: "text"; readonly sql: string; readonly rules: TextRules };

/** Looks a column up; the schema check has made sure that it is there. */
export type ExpressionColumns = (name: string) => ExpressionColumn;

/** SQL of the expression as text (VARCHAR, null where the value is). */
export function compileText(expression: ColumnExpression, columns: ExpressionColumns): string {
  switch (expression.kind) {
    case "column": {
      const { sql, kind } = scalarColumn(expression.name, columns);
      return textSql(sql, kind);
    }
    case "literal":
      return quoteText(textOf(expression.value));
    default:
      if (expression.kind === "call" && expression.name === "lower")
        return `lower(${compileText(argument(expression, 0), columns)})`;
      if (expression.kind === "call" && expression.name === "cross") {
        const [a, b] = [compileText(argument(expression, 0), columns), compileText(argument(expression, 1), columns)];
        // `||` is null where one side is.
        return `((${a}) || ${quoteText(crossSeparator)} || (${b}))`;
      }
      return naturalKind(expression, () => "text") === "boolean"
        ? `CAST(${compileBoolean(expression, columns)} AS VARCHAR)`
        : textSql(`(${compileNumber(expression, columns)})`, "number");
  }
}

/** SQL of the expression as a DOUBLE. It may be NaN or infinite: {@link compileFinite} takes that out. */
export function compileNumber(expression: ColumnExpression, columns: ExpressionColumns): string {
  switch (expression.kind) {
    case "column": {
      const { sql, kind } = scalarColumn(expression.name, columns);
      return numberSql(sql, kind);
    }
    case "literal":
      return numberLiteral(numberOf(expression.value) ?? NaN);
    case "unary":
      if (expression.operator === "-") return `-(${compileNumber(expression.operand, columns)})`;
      return numberSql(compileBoolean(expression, columns), "boolean");
    case "binary": {
      if (!isArithmetic(expression.operator)) return numberSql(compileBoolean(expression, columns), "boolean");
      const left = compileNumber(expression.left, columns);
      const right = compileNumber(expression.right, columns);
      return expression.operator === "^" ? `pow(${left}, ${right})` : `((${left}) ${expression.operator} (${right}))`;
    }
    case "in":
      return numberSql(compileBoolean(expression, columns), "boolean");
    case "call":
      return compileCall(expression, columns);
  }
}

function compileCall(call: CallExpression, columns: ExpressionColumns): string {
  switch (call.name) {
    case "missing":
      return numberSql(compileBoolean(call, columns), "boolean");
    case "lower":
    case "cross":
      return numberSql(compileText(call, columns), "text");
    case "length":
      return `CAST(length(${compileText(argument(call, 0), columns)}) AS DOUBLE)`;
    case "min":
    case "max": {
      const [a, b] = [compileFinite(argument(call, 0), columns), compileFinite(argument(call, 1), columns)];
      // `least` and `greatest` pass over a null, which here goes through.
      return `CASE WHEN (${a}) IS NOT NULL AND (${b}) IS NOT NULL THEN ${call.name === "min" ? "least" : "greatest"}(${a}, ${b}) END`;
    }
    case "abs":
    case "floor":
      return `${call.name}(${compileNumber(argument(call, 0), columns)})`;
    case "log":
      return logSql(compileNumber(argument(call, 0), columns));
    case "log1p":
      return logSql(`(1 + (${compileNumber(argument(call, 0), columns)}))`);
    case "sqrt": {
      const operand = compileNumber(argument(call, 0), columns);
      return `sqrt(CASE WHEN (${operand}) >= 0 THEN ${operand} END)`;
    }
  }
}

/** DuckDB refuses the logarithm of 0 and of negative numbers. */
function logSql(operand: string): string {
  return `ln(CASE WHEN (${operand}) > 0 THEN ${operand} END)`;
}

/** SQL of the expression as a DOUBLE that is finite or null. */
export function compileFinite(expression: ColumnExpression, columns: ExpressionColumns): string {
  const number = compileNumber(expression, columns);
  // A clean column is finite or null already.
  return expression.kind === "column" ? number : finiteSql(`(${number})`);
}

/** SQL of the expression as a BOOLEAN. */
export function compileBoolean(expression: ColumnExpression, columns: ExpressionColumns): string {
  switch (expression.kind) {
    case "column": {
      const { sql, kind } = scalarColumn(expression.name, columns);
      return booleanSql(sql, kind);
    }
    case "literal": {
      const value = booleanOf(expression.value);
      return value === null ? "CAST(NULL AS BOOLEAN)" : value ? "TRUE" : "FALSE";
    }
    case "unary":
      if (expression.operator === "not") return `(NOT ${compileBoolean(expression.operand, columns)})`;
      return booleanSql(`(${compileNumber(expression, columns)})`, "number");
    case "binary":
      return compileCondition(expression, columns);
    case "in": {
      const kind = membershipKind(expression.values);
      const values = expression.values.map((value) =>
        kind === "number" ? numberLiteral(Number(value)) : quoteText(textOf(value)),
      );
      const operand = compileAs(kind, expression.operand, columns);
      return values.length === 0
        ? `CASE WHEN (${operand}) IS NOT NULL THEN FALSE END`
        : `((${operand}) IN (${values.join(", ")}))`;
    }
    case "call":
      if (expression.name === "missing") return compileMissing(argument(expression, 0), columns);
      if (expression.name === "lower" || expression.name === "cross")
        return booleanSql(compileText(expression, columns), "text");
      return booleanSql(`(${compileNumber(expression, columns)})`, "number");
  }
}

function compileCondition(expression: BinaryExpression, columns: ExpressionColumns): string {
  const { operator, left, right } = expression;
  if (operator === "and" || operator === "or")
    return `(${compileBoolean(left, columns)} ${operator.toUpperCase()} ${compileBoolean(right, columns)})`;
  if (isArithmetic(operator)) return booleanSql(`(${compileNumber(expression, columns)})`, "number");
  const kind = comparisonKind(left, right);
  if (kind === "columns" && left.kind === "column" && right.kind === "column")
    return compileColumns(operator, scalarColumn(left.name, columns), scalarColumn(right.name, columns));
  if (kind === "columns") throw new Error("only columns are compared as columns");
  const sign = operator === "==" ? "=" : operator === "!=" ? "<>" : operator;
  return `((${compileAs(kind, left, columns)}) ${sign} (${compileAs(kind, right, columns)}))`;
}

function compileColumns(operator: Comparison, left: ScalarSql, right: ScalarSql): string {
  switch (operator) {
    case "==":
      return equalSql(left, right);
    case "!=":
      return `(NOT ${equalSql(left, right)})`;
    default:
      return orderSql(left, operator, right);
  }
}

function compileMissing(operand: ColumnExpression, columns: ExpressionColumns): string {
  if (operand.kind === "column") return `(${columns(operand.name).sql} IS NULL)`;
  const kind = naturalKind(operand, (name) => comparable(columns(name).kind));
  return `((${compileAs(kind, operand, columns)}) IS NULL)`;
}

function compileAs(kind: Kind, expression: ColumnExpression, columns: ExpressionColumns): string {
  switch (kind) {
    case "text":
      return compileText(expression, columns);
    case "number":
      return compileFinite(expression, columns);
    case "boolean":
      return compileBoolean(expression, columns);
  }
}

function comparable(kind: ScalarKind | "list"): Kind {
  return kind === "integer" ? "number" : kind === "list" ? "text" : kind;
}

function scalarColumn(name: string, columns: ExpressionColumns): ScalarSql {
  const { sql, kind } = columns(name);
  if (kind === "list") throw new Error(`the schema check let the list ${name} through`);
  return { sql, kind };
}
