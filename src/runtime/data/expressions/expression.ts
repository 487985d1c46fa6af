/**
 * Expressions over raw columns (labels, derived features), in two forms that agree: SQL for rows in files
 * (`expression-sql.ts`), and an evaluator for rows that a program hands in (`expression-evaluate.ts`).
 *
 * - An operator says what it needs of its operands: arithmetic numbers, `and`/`or`/`not` booleans, and a comparison the
 *   kind of what is beside the column (`income == "50000+."` compares texts, `age > 30` numbers). Two columns never
 *   compare by the order of texts: `<` and its like need numbers, and `==` compares numbers wherever both values read as
 *   numbers. How a value becomes what is needed: `values.ts`.
 * - Null goes through: an operation on null is null, and so is a comparison; a label that is null is unknown. `and` and
 *   `or` decide when one side is enough (`false and null` is false). `missing(x)` is never null.
 * - Numbers are doubles; what is not finite is null where it is compared, tested or handed on: `1 / 0`, `log(-1)`.
 *   `log`, `log1p(x)` = log(1 + x) and `^` may differ in the last bit between the two forms.
 * - Texts compare by code points. Every part of an expression is evaluated, so that a value which cannot be what is
 *   needed is an error wherever it appears.
 */
import type { ColumnExpression } from "../../../compiler/model/model.js";

/** What an operator may need of its operand. */
export type Kind = "number" | "text" | "boolean";
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type BinaryExpression = Extract<ColumnExpression, { kind: "binary" }>;
export type CallExpression = Extract<ColumnExpression, { kind: "call" }>;

/** The names of all columns that an expression reads, each once. */
export function columnsOf(expression: ColumnExpression): readonly string[] {
  const names = new Set<string>();
  visitColumns(expression, (name) => names.add(name));
  return [...names];
}

function visitColumns(expression: ColumnExpression, visit: (name: string) => void): void {
  switch (expression.kind) {
    case "column":
      return visit(expression.name);
    case "literal":
      return;
    case "unary":
    case "in":
      return visitColumns(expression.operand, visit);
    case "binary":
      visitColumns(expression.left, visit);
      return visitColumns(expression.right, visit);
    case "call":
      return expression.arguments.forEach((argument) => visitColumns(argument, visit));
  }
}

/** The kind of what an expression computes; of a column, what `kindOf` says. */
export function naturalKind(expression: ColumnExpression, kindOf: (column: string) => Kind): Kind {
  switch (expression.kind) {
    case "column":
      return kindOf(expression.name);
    case "literal":
      return kindOfLiteral(expression.value);
    case "unary":
      return expression.operator === "-" ? "number" : "boolean";
    case "binary":
      return isArithmetic(expression.operator) ? "number" : "boolean";
    case "in":
      return "boolean";
    case "call":
      return expression.name === "lower" || expression.name === "cross"
        ? "text"
        : expression.name === "missing"
          ? "boolean"
          : "number";
  }
}

function kindOfLiteral(value: string | number | boolean): Kind {
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : "boolean";
}

export function isArithmetic(operator: BinaryExpression["operator"]): operator is "+" | "-" | "*" | "/" | "^" {
  return operator === "+" || operator === "-" || operator === "*" || operator === "/" || operator === "^";
}

/** As what two sides are compared: what one of them is by its form; two columns, value by value. */
export function comparisonKind(left: ColumnExpression, right: ColumnExpression): Kind | "columns" {
  const formed = [left, right].filter(({ kind }) => kind !== "column").map((side) => naturalKind(side, () => "text"));
  for (const kind of ["text", "number", "boolean"] as const) if (formed.includes(kind)) return kind;
  return "columns";
}

/** A list of texts and numbers is compared as texts, as numbers when it holds only numbers. */
export function membershipKind(values: readonly (number | string)[]): "number" | "text" {
  return values.length > 0 && values.every((value) => typeof value === "number") ? "number" : "text";
}

/** Between the two values of a cross: a character that no data holds. */
export const crossSeparator = "\u001f";

/** An argument of a call; the checker has counted them. */
export function argument(call: CallExpression, index: number): ColumnExpression {
  const found = call.arguments[index];
  if (found === undefined) throw new Error(`the checker let ${call.name} with too few arguments through`);
  return found;
}
