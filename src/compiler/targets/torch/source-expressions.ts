/** Expressions over columns as Python: None is where nothing is known. */
import type { ColumnExpression } from "../../model/index.js";
import { numberText, quote } from "./python.js";

/** How a column is read: `income_50k`, or `row["income 50k"]`. */
export type ReadColumn = (column: string) => string;

type Kind = "text" | "number" | "boolean";

/** The columns that an expression reads, each once. */
export function columnsOf(expression: ColumnExpression): readonly string[] {
  switch (expression.kind) {
    case "column":
      return [expression.name];
    case "literal":
      return [];
    case "unary":
      return columnsOf(expression.operand);
    case "binary":
      return [...new Set([...columnsOf(expression.left), ...columnsOf(expression.right)])];
    case "in":
      return columnsOf(expression.operand);
    case "call":
      return [...new Set(expression.arguments.flatMap(columnsOf))];
  }
}

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
      const kind: Kind = expression.values.every((value) => typeof value === "number") ? "number" : "text";
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
  if (left.kind === "column" && right.kind === "column" && (operator === "==" || operator === "!=")) {
    const equal = `same(${read(left.name)}, ${read(right.name)})`;
    return operator === "==" ? equal : `negate(${equal})`;
  }
  const formed = [kindOf(left), kindOf(right)];
  const kind = (["text", "number", "boolean"] as const).find((each) => formed.includes(each)) ?? "number";
  return `known(${name}, ${codeOf(kind, left, read)}, ${codeOf(kind, right, read)})`;
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

/** What an expression is without a column saying it; undefined of a column. */
function kindOf(expression: ColumnExpression): Kind | undefined {
  switch (expression.kind) {
    case "column":
      return undefined;
    case "literal":
      return typeof expression.value === "string"
        ? "text"
        : typeof expression.value === "boolean"
          ? "boolean"
          : "number";
    case "unary":
      return expression.operator === "not" ? "boolean" : "number";
    case "binary":
      return arithmetic[expression.operator] === undefined ? "boolean" : "number";
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

function valueCode(expression: ColumnExpression, read: ReadColumn): string {
  return codeOf(kindOf(expression) ?? "text", expression, read);
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
