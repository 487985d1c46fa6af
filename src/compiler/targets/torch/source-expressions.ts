/** Expressions over columns as Python: None is where nothing is known. */
import {
  type ColumnExpression,
  columnsOf,
  comparisonKind,
  type Kind,
  membershipKind,
  naturalKind,
} from "../../model/index.js";
import { numberText, quote } from "./python.js";

/** How a column is read: `income_50k`, or `row["income 50k"]`. */
export type ReadColumn = (column: string) => string;

const arithmetic: Readonly<Record<string, string>> = {
  "+": "operator.add",
  "-": "operator.sub",
  "*": "operator.mul",
  "/": "quotient",
  "^": "power",
};

const comparisons: Readonly<Record<string, string>> = {
  "==": "operator.eq",
  "!=": "operator.ne",
  "<": "operator.lt",
  "<=": "operator.le",
  ">": "operator.gt",
  ">=": "operator.ge",
};

/** The value of an expression as texts are: `str | None`. */
export function textCode(expression: ColumnExpression, read: ReadColumn): string {
  switch (expression.kind) {
    case "column":
      return `text(${read(expression.name)})`;
    case "literal":
      return typeof expression.value === "string" ? quote(expression.value) : `text(${literal(expression.value)})`;
    case "call": {
      const [a, b] = expression.arguments;
      if (expression.name === "lower" && a !== undefined) return `known(str.lower, ${textCode(a, read)})`;
      if (expression.name === "cross" && a !== undefined && b !== undefined)
        return `known(cross, ${textCode(a, read)}, ${textCode(b, read)})`;
      return `text(${valueCode(expression, read)})`;
    }
    default:
      return `text(${valueCode(expression, read)})`;
  }
}

/** `float | None`. */
export function numberCode(expression: ColumnExpression, read: ReadColumn): string {
  switch (expression.kind) {
    case "column":
      return `number(${read(expression.name)})`;
    case "literal":
      return typeof expression.value === "number"
        ? numberText(expression.value)
        : `number(${literal(expression.value)})`;
    case "unary":
      return expression.operator === "-"
        ? `known(operator.neg, ${numberCode(expression.operand, read)})`
        : `flag(${truthCode(expression, read)})`;
    case "binary": {
      const name = arithmetic[expression.operator];
      if (name === undefined) return `flag(${truthCode(expression, read)})`;
      return `known(${name}, ${numberCode(expression.left, read)}, ${numberCode(expression.right, read)})`;
    }
    case "in":
      return `flag(${truthCode(expression, read)})`;
    case "call":
      return callCode(expression, read);
  }
}

function callCode(expression: Extract<ColumnExpression, { kind: "call" }>, read: ReadColumn): string {
  const [a, b] = expression.arguments;
  if (a === undefined) return "None";
  switch (expression.name) {
    case "missing":
      return `flag(${truthCode(expression, read)})`;
    case "lower":
    case "cross":
      return `number(${textCode(expression, read)})`;
    case "length":
      return `known(len, ${textCode(a, read)})`;
    case "min":
    case "max":
      return `known(${expression.name}, finite(${numberCode(a, read)}), finite(${b === undefined ? "None" : numberCode(b, read)}))`;
    case "abs":
      return `known(abs, ${numberCode(a, read)})`;
    case "floor":
      return `known(math.floor, ${numberCode(a, read)})`;
    case "log":
      return `known(logarithm, ${numberCode(a, read)})`;
    case "log1p":
      return `known(logarithm_1p, ${numberCode(a, read)})`;
    case "sqrt":
      return `known(root, ${numberCode(a, read)})`;
  }
}

/** `bool | None`. */
export function truthCode(expression: ColumnExpression, read: ReadColumn): string {
  switch (expression.kind) {
    case "column":
      return `truth(${read(expression.name)})`;
    case "literal":
      return typeof expression.value === "boolean" ? literal(expression.value) : `truth(${literal(expression.value)})`;
    case "unary":
      return expression.operator === "not"
        ? `negate(${truthCode(expression.operand, read)})`
        : `truth(${numberCode(expression, read)})`;
    case "binary":
      return binaryTruth(expression, read);
    case "in": {
      const kind = membershipKind(expression.values);
      const values = expression.values.map((value) =>
        kind === "number" ? numberText(Number(value)) : quote(String(value)),
      );
      return `one_of(${codeOf(kind, expression.operand, read)}, [${values.join(", ")}])`;
    }
    case "call": {
      const [a] = expression.arguments;
      if (expression.name === "missing" && a !== undefined) return `${textCode(a, read)} is None`;
      if (expression.name === "lower" || expression.name === "cross") return `truth(${textCode(expression, read)})`;
      return `truth(${numberCode(expression, read)})`;
    }
  }
}

function binaryTruth(expression: Extract<ColumnExpression, { kind: "binary" }>, read: ReadColumn): string {
  const { operator, left, right } = expression;
  if (operator === "and") return `both(${truthCode(left, read)}, ${truthCode(right, read)})`;
  if (operator === "or") return `either(${truthCode(left, read)}, ${truthCode(right, read)})`;
  const name = comparisons[operator];
  if (name === undefined) return `truth(${numberCode(expression, read)})`;
  const kind = comparisonKind(left, right);
  if (kind === "columns" && (operator === "==" || operator === "!=")) {
    const equal = `same(${[left, right].flatMap(columnsOf).map(read).join(", ")})`;
    return operator === "==" ? equal : `negate(${equal})`;
  }
  const [first, second] = [left, right].map((side) => codeOf(kind === "columns" ? "number" : kind, side, read));
  return `known(${name}, ${first}, ${second})`;
}

function codeOf(kind: Kind, expression: ColumnExpression, read: ReadColumn): string {
  switch (kind) {
    case "text":
      return textCode(expression, read);
    case "number":
      return numberCode(expression, read);
    case "boolean":
      return truthCode(expression, read);
  }
}

function valueCode(expression: ColumnExpression, read: ReadColumn): string {
  return codeOf(
    naturalKind(expression, () => "text"),
    expression,
    read,
  );
}

function literal(value: number | string | boolean): string {
  return typeof value === "boolean"
    ? value
      ? "True"
      : "False"
    : typeof value === "number"
      ? numberText(value)
      : quote(value);
}
