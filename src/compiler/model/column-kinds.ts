/** What expressions over columns read, and the kinds of what they compute. */
import type { ColumnExpression } from "./model.js";

/** What an operator may need of its operand. */
export type Kind = "number" | "text" | "boolean";

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

type Operator = Extract<ColumnExpression, { kind: "binary" }>["operator"];

export function isArithmetic(operator: Operator): operator is "+" | "-" | "*" | "/" | "^" {
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
