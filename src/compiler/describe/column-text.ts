import type { ColumnExpression } from "../model/index.js";
import { spaced } from "./formula-text.js";
import { numberText } from "./value-text.js";
import { quote, writeColumn } from "../text/index.js";

type BinaryOperator = Extract<ColumnExpression, { kind: "binary" }>["operator"];

/** From loose to tight, as in the language; comparisons do not chain. */
const strength: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  "==": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "^": 8,
};
const notStrength = 3;
const comparison = 4;
const minusStrength = 7;
const tightest = 9;

/** An expression over columns, with no more parentheses than it needs. */
export function columnText(expression: ColumnExpression): string {
  return textOf(expression, 0);
}

function textOf(expression: ColumnExpression, outer: number): string {
  const { text, own } = write(expression);
  return own < outer ? `(${text})` : text;
}

function write(expression: ColumnExpression): { readonly text: string; readonly own: number } {
  switch (expression.kind) {
    case "column":
      return { text: writeColumn(expression.name), own: tightest };
    case "literal":
      return literalText(expression.value);
    case "unary": {
      const isMinus = expression.operator === "-";
      const own = isMinus ? minusStrength : notStrength;
      return { text: `${isMinus ? "-" : "not "}${textOf(expression.operand, own)}`, own };
    }
    case "in": {
      const values = expression.values.map((value) => literalText(value).text);
      return { text: `${textOf(expression.operand, comparison + 1)} in [${values.join(", ")}]`, own: comparison };
    }
    case "call":
      return { text: `${expression.name}(${expression.arguments.map(columnText).join(", ")})`, own: tightest };
    case "binary": {
      const { operator } = expression;
      const own = strength[operator];
      const leftOuter = operator === "^" || own === comparison ? own + 1 : own;
      const rightOuter = operator === "^" || operator === "and" || operator === "or" ? own : own + 1;
      // A tree that leans to the right is another tree: `a and (b and c)` keeps its parentheses.
      const right = isSameLevel(expression.right, operator) ? own + 1 : rightOuter;
      return {
        text: `${textOf(expression.left, leftOuter)}${spaced(operator)}${textOf(expression.right, right)}`,
        own,
      };
    }
  }
}

function isSameLevel(expression: ColumnExpression, operator: BinaryOperator): boolean {
  return (operator === "and" || operator === "or") && expression.kind === "binary" && expression.operator === operator;
}

function literalText(value: number | string | boolean): { readonly text: string; readonly own: number } {
  if (typeof value === "string") return { text: quote(value), own: tightest };
  if (typeof value === "boolean") return { text: String(value), own: tightest };
  return { text: numberText(value), own: value < 0 ? minusStrength : tightest };
}
