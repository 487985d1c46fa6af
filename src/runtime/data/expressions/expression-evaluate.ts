/** Expressions on rows that a program hands in; what they mean is in `expression.ts`. */
import { own } from "../../../compiler/text/index.js";
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
  areEqual,
  booleanOf,
  compareNumbers,
  compareTexts,
  lowerText,
  numberOf,
  type Scalar,
  scalarOf,
  textLength,
  textOf,
  type TextRules,
  ValueError,
} from "./values.js";

/** A row that a program hands in; what it does not name is null. */
export type RawRow = Readonly<Record<string, unknown>>;

interface Scope {
  readonly row: RawRow;
  readonly rules: TextRules;
}

/** What the expression is on a row, in its own kind. Throws {@link ValueError} for a value that is not what is needed. */
export function evaluate(expression: ColumnExpression, row: RawRow, rules: TextRules): Scalar | null {
  const scope = { row, rules };
  if (expression.kind === "column") return readColumn(expression.name, scope, same);
  return evaluateAs(
    naturalKind(expression, () => "text"),
    expression,
    scope,
  );
}

export function evaluateText(expression: ColumnExpression, row: RawRow, rules: TextRules): string | null {
  return textIn(expression, { row, rules });
}

/** Finite or null. */
export function evaluateNumber(expression: ColumnExpression, row: RawRow, rules: TextRules): number | null {
  return finite(numberIn(expression, { row, rules }));
}

export function evaluateBoolean(expression: ColumnExpression, row: RawRow, rules: TextRules): boolean | null {
  return booleanIn(expression, { row, rules });
}

function evaluateAs(kind: Kind, expression: ColumnExpression, scope: Scope): Scalar | null {
  switch (kind) {
    case "text":
      return textIn(expression, scope);
    case "number":
      return finite(numberIn(expression, scope));
    case "boolean":
      return booleanIn(expression, scope);
  }
}

/** A column's value, converted. An error says which column it was. */
function readColumn<T>(name: string, { row, rules }: Scope, convert: (value: Scalar) => T | null): T | null {
  try {
    const value = scalarOf(own(row, name), rules);
    return value === null ? null : convert(value);
  } catch (error) {
    if (error instanceof ValueError) throw new ValueError(error.value, error.needed, name);
    throw error;
  }
}

function same(value: Scalar): Scalar {
  return value;
}

function finite(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : value;
}

function textIn(expression: ColumnExpression, scope: Scope): string | null {
  if (expression.kind === "call" && expression.name === "lower") {
    const text = textIn(argument(expression, 0), scope);
    return text === null ? null : lowerText(text);
  }
  if (expression.kind === "call" && expression.name === "cross") {
    const a = textIn(argument(expression, 0), scope);
    const b = textIn(argument(expression, 1), scope);
    return a === null || b === null ? null : `${a}${crossSeparator}${b}`;
  }
  const value =
    expression.kind === "column"
      ? readColumn(expression.name, scope, same)
      : expression.kind === "literal"
        ? expression.value
        : evaluate(expression, scope.row, scope.rules);
  return value === null ? null : textOf(value);
}

/** May be NaN or infinite, as in SQL. */
function numberIn(expression: ColumnExpression, scope: Scope): number | null {
  switch (expression.kind) {
    case "column":
      return readColumn(expression.name, scope, numberOf);
    case "literal":
      return numberOf(expression.value);
    case "unary": {
      if (expression.operator === "not") return numberOfBoolean(booleanIn(expression, scope));
      const value = numberIn(expression.operand, scope);
      return value === null ? null : -value;
    }
    case "binary": {
      if (!isArithmetic(expression.operator)) return numberOfBoolean(booleanIn(expression, scope));
      const left = numberIn(expression.left, scope);
      const right = numberIn(expression.right, scope);
      return left === null || right === null ? null : calculate(expression.operator, left, right);
    }
    case "in":
      return numberOfBoolean(booleanIn(expression, scope));
    case "call":
      return callIn(expression, scope);
  }
}

function calculate(operator: "+" | "-" | "*" | "/" | "^", left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "^":
      // C's pow, which SQL calls, makes 1 of these; JavaScript's makes NaN.
      return left === 1 || (left === -1 && Math.abs(right) === Infinity) ? 1 : left ** right;
  }
}

function callIn(call: CallExpression, scope: Scope): number | null {
  switch (call.name) {
    case "missing":
      return numberOfBoolean(booleanIn(call, scope));
    case "lower":
    case "cross": {
      const text = textIn(call, scope);
      return text === null ? null : numberOf(text);
    }
    case "length": {
      const text = textIn(argument(call, 0), scope);
      return text === null ? null : textLength(text);
    }
    case "min":
    case "max": {
      const a = finite(numberIn(argument(call, 0), scope));
      const b = finite(numberIn(argument(call, 1), scope));
      if (a === null || b === null) return null;
      return call.name === "min" ? Math.min(a, b) : Math.max(a, b);
    }
    case "abs":
    case "floor":
    case "log":
    case "log1p":
    case "sqrt": {
      const x = numberIn(argument(call, 0), scope);
      return x === null ? null : functions[call.name](x);
    }
  }
}

const functions: Readonly<Record<"abs" | "floor" | "log" | "log1p" | "sqrt", (x: number) => number | null>> = {
  abs: Math.abs,
  floor: Math.floor,
  log: (x) => (x > 0 ? Math.log(x) : null),
  log1p: (x) => (1 + x > 0 ? Math.log(1 + x) : null),
  sqrt: (x) => (x >= 0 ? Math.sqrt(x) : null),
};

function numberOfBoolean(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}

function booleanIn(expression: ColumnExpression, scope: Scope): boolean | null {
  switch (expression.kind) {
    case "column":
      return readColumn(expression.name, scope, booleanOf);
    case "literal":
      return booleanOf(expression.value);
    case "unary": {
      if (expression.operator === "-") return booleanOfNumber(numberIn(expression, scope));
      const operand = booleanIn(expression.operand, scope);
      return operand === null ? null : !operand;
    }
    case "binary":
      return conditionIn(expression, scope);
    case "in": {
      const kind = membershipKind(expression.values);
      const operand = evaluateAs(kind, expression.operand, scope);
      if (operand === null) return null;
      return expression.values.some((value) => (kind === "number" ? value : textOf(value)) === operand);
    }
    case "call":
      if (expression.name === "missing") return missingIn(argument(expression, 0), scope);
      if (expression.name === "lower" || expression.name === "cross") {
        const text = textIn(expression, scope);
        return text === null ? null : booleanOf(text);
      }
      return booleanOfNumber(numberIn(expression, scope));
  }
}

function booleanOfNumber(value: number | null): boolean | null {
  const number = finite(value);
  return number === null ? null : booleanOf(number);
}

function conditionIn(expression: BinaryExpression, scope: Scope): boolean | null {
  const { operator, left, right } = expression;
  if (operator === "and" || operator === "or") {
    const a = booleanIn(left, scope);
    const b = booleanIn(right, scope);
    const decisive = operator === "or";
    if (a === decisive || b === decisive) return decisive;
    return a === null || b === null ? null : !decisive;
  }
  if (isArithmetic(operator)) return booleanOfNumber(numberIn(expression, scope));
  const kind = comparisonKind(left, right);
  if (kind === "columns" && left.kind === "column" && right.kind === "column")
    return columnsIn(operator, left.name, right.name, scope);
  if (kind === "columns") throw new Error("only columns are compared as columns");
  const a = evaluateAs(kind, left, scope);
  const b = evaluateAs(kind, right, scope);
  return a === null || b === null ? null : holds(operator, order(a, b));
}

/** Two columns, value by value. */
function columnsIn(operator: Comparison, left: string, right: string, scope: Scope): boolean | null {
  const isEquality = operator === "==" || operator === "!=";
  const read = isEquality ? same : numberOrNull;
  const a = readColumn(left, scope, read);
  const b = readColumn(right, scope, read);
  if (a === null || b === null) return null;
  if (!isEquality) return holds(operator, compareNumbers(a, b));
  const equal = areEqual(a, b);
  return equal === null ? null : equal === (operator === "==");
}

/** The value itself where it reads as a finite number. */
function numberOrNull(value: Scalar): Scalar | null {
  return numberOf(value) === null ? null : value;
}

/** Negative, zero or positive. Both sides are of one kind. */
function order(a: Scalar, b: Scalar): number {
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  return Number(a) - Number(b);
}

function holds(operator: Comparison, sign: number): boolean {
  switch (operator) {
    case "==":
      return sign === 0;
    case "!=":
      return sign !== 0;
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    case ">=":
      return sign >= 0;
  }
}

function missingIn(operand: ColumnExpression, scope: Scope): boolean {
  if (operand.kind === "column" && Array.isArray(own(scope.row, operand.name))) return false;
  return evaluate(operand, scope.row, scope.rules) === null;
}
