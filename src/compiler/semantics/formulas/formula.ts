/**
 * Types and ranges of formulas and conditions: what fusion, rules, rankings and tests compute from a candidate's scores,
 * parameters and attributes. In goes an expression, out comes its type; what may be no finite number is reported.
 */
import type { BinaryExpression, CallExpression, Expression, ListExpression } from "../../syntax/index.js";
import { setType, type CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { inferCall } from "./formula-calls.js";
import { asNumber, condition, durationOperand, number, numberOperand } from "./formula-operands.js";
import {
  add,
  anyNumber,
  divide,
  multiply,
  negate,
  point,
  power,
  showInterval,
  subtract,
  type IntervalResult,
} from "../values/intervals.js";
import { reportTimes } from "../values/time-arithmetic.js";
import { errorType, showType, type NumberValue, type ValueType } from "../values/types.js";
import { divideUnits, multiplyUnits, powerUnit } from "../values/units.js";

/** What a formula may read besides literals and functions. */
export interface FormulaScope {
  readonly context: CheckContext;
  readonly resolve: (expression: Extract<Expression, { kind: "NameExpression" }>) => ValueType;
  /** Calls that are no function: `score(plain)` in a test. */
  readonly call?: (call: CallExpression) => ValueType | undefined;
  /** What a list means, where one may stand: `[promo, plain]` in a test. */
  readonly list?: (list: ListExpression) => ValueType;
}

/** The type of an expression; `error` after something was reported. */
export function inferFormula(scope: FormulaScope, expression: Expression): ValueType {
  return setType(scope.context, expression, inferNode(scope, expression));
}

function inferNode(scope: FormulaScope, expression: Expression): ValueType {
  switch (expression.kind) {
    case "Missing":
      return errorType;
    case "Number":
      return number(point(expression.value));
    case "String":
      return { kind: "text", optional: false };
    case "Boolean":
      return { kind: "bool", optional: false };
    case "Date":
      return { kind: "time", optional: false };
    case "Duration":
      return { kind: "duration", range: point(expression.seconds), optional: false };
    case "Parenthesized":
      return inferFormula(scope, expression.inner);
    case "NameExpression":
      return expression.name.text === "" ? errorType : scope.resolve(expression);
    case "Unary": {
      const operand = inferFormula(scope, expression.operand);
      if (expression.operator === "not") return condition(scope, operand, expression.operand, "not");
      const value = numberOperand(scope, operand, expression.operand, "-");
      return value === undefined ? errorType : { ...value, range: negate(value.range) };
    }
    case "Binary":
      return inferBinary(scope, expression);
    case "Call":
      return inferCall(scope, expression, (inner) => inferFormula(scope, inner));
    case "List":
      if (scope.list !== undefined) return scope.list(expression);
      scope.context.reporter.report("MTL3042", { found: describeValue(expression) }, expression.span);
      return errorType;
    default:
      scope.context.reporter.report("MTL3042", { found: describeValue(expression) }, expression.span);
      return errorType;
  }
}

function inferBinary(scope: FormulaScope, node: BinaryExpression): ValueType {
  const { operator } = node;
  if (operator === "in") return inferMembership(scope, node);
  const left = inferFormula(scope, node.left);
  const right = inferFormula(scope, node.right);
  switch (operator) {
    case "and":
    case "or": {
      const sides = [condition(scope, left, node.left, operator), condition(scope, right, node.right, operator)];
      return sides.some((side) => side.kind === "error") ? errorType : { kind: "bool", optional: false };
    }
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return inferComparison(scope, node, left, right);
    default:
      return inferArithmetic(scope, node, left, right);
  }
}

function inferArithmetic(scope: FormulaScope, node: BinaryExpression, left: ValueType, right: ValueType): ValueType {
  const { operator } = node;
  // Points in time and spans of it have sums and differences of their own.
  if (operator === "-" && left.kind === "time" && right.kind === "time")
    return { kind: "duration", range: anyNumber, optional: left.optional || right.optional };
  if ((operator === "+" || operator === "-") && left.kind === "time" && right.kind === "duration")
    return { ...left, optional: left.optional || right.optional };
  if (operator === "/" && left.kind === "duration" && right.kind === "duration") {
    const [a, b] = [durationOperand(scope, left, node.left), durationOperand(scope, right, node.right)];
    if (a === undefined || b === undefined) return errorType;
    return ranged(scope, node, divide(a.range, b.range), undefined, [a, b]);
  }
  // What one side is, nobody knows: that was reported, and decides what the other side should be.
  if (left.kind === "error" || right.kind === "error") return errorType;
  if (reportTimes(scope.context, node, left, right)) return errorType;
  const a = numberOperand(scope, left, node.left, operator);
  const b = numberOperand(scope, right, node.right, operator);
  if (a === undefined || b === undefined) return errorType;
  switch (operator) {
    case "+":
    case "-": {
      if (!checkUnits(scope, node, a, b)) return errorType;
      const result = operator === "+" ? add(a.range, b.range) : subtract(a.range, b.range);
      return ranged(scope, node, result, a.unit ?? b.unit, [a, b]);
    }
    case "*":
      return ranged(scope, node, multiply(a.range, b.range), multiplyUnits(a.unit, b.unit), [a, b]);
    case "/":
      return ranged(scope, node, divide(a.range, b.range), divideUnits(a.unit, b.unit), [a, b]);
    default:
      return ranged(scope, node, power(a.range, b.range), powerUnit(a.unit, wholeExponent(b)), [a, b]);
  }
}

/** The exponent, when it is one number. */
function wholeExponent({ range }: NumberValue): number | undefined {
  return range.low === range.high ? range.low : undefined;
}

/** Sums and comparisons need one unit; a number without one goes with any. */
function checkUnits(scope: FormulaScope, node: BinaryExpression, a: NumberValue, b: NumberValue): boolean {
  if (a.unit === undefined || b.unit === undefined || a.unit === b.unit) return true;
  scope.context.reporter.report(
    "MTL3044",
    { operator: node.operator, left: a.unit, right: b.unit },
    node.operatorSpan,
    {
      labels: [
        { span: node.left.span, message: a.unit },
        { span: node.right.span, message: b.unit },
      ],
      help: "take the units away first: `log1p(x)`, `x^0.5` and `percentile(x)` are plain numbers, which go with any",
    },
  );
  return false;
}

/** A number with its range, unless the range shows that it may be none. */
function ranged(
  scope: FormulaScope,
  node: BinaryExpression,
  result: IntervalResult,
  unit: string | undefined,
  [left, right]: readonly [NumberValue, NumberValue],
): ValueType {
  if (result.hazard === undefined) return number(result.range, unit);
  const { reporter } = scope.context;
  const operands = [
    { span: node.left.span, message: showInterval(left.range) },
    { span: node.right.span, message: showInterval(right.range) },
  ];
  switch (result.hazard) {
    case "division by zero":
      reporter.report("MTL5001", { range: showInterval(right.range) }, node.right.span, {
        caption: showInterval(right.range),
        help: "keep it away from 0: `max(…, 1e-6)`",
      });
      break;
    case "zero to a negative power":
      reporter.report("MTL5001", { range: showInterval(left.range) }, node.left.span, {
        caption: showInterval(left.range),
        labels: [{ span: node.right.span, message: `may be negative: ${showInterval(right.range)}` }],
        help: "keep it away from 0: `max(…, 1e-6)`, or use `safe_pow`",
      });
      break;
    case "fractional power":
      reporter.report("MTL5003", { range: showInterval(left.range) }, node.left.span, {
        caption: showInterval(left.range),
        help: "keep the base at 0 or above: `max(…, 0)`",
      });
      break;
    default:
      reporter.report("MTL5004", { what: `\`${node.operator}\`` }, node.span, { labels: operands });
  }
  return errorType;
}

function inferComparison(scope: FormulaScope, node: BinaryExpression, left: ValueType, right: ValueType): ValueType {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a.kind === "error" || b.kind === "error") return errorType;
  const { reporter, within } = scope.context;
  const ordered = node.operator !== "==" && node.operator !== "!=";
  const comparable = a.kind === b.kind && !["tensor", "logit", "texts", "vector"].includes(a.kind);
  if (!comparable || (ordered && (a.kind === "bool" || a.kind === "candidates"))) {
    reporter.report(
      "MTL3025",
      { operator: node.operator, left: showType(a, within), right: showType(b, within) },
      node.operatorSpan,
      {
        labels: [
          { span: node.left.span, message: showType(a, within) },
          { span: node.right.span, message: showType(b, within) },
        ],
        ...([a.kind, b.kind].toSorted().join() === "duration,number"
          ? { help: "a duration is written with its unit: `7d`, `12h`, `90s`" }
          : {}),
      },
    );
    return errorType;
  }
  if (a.kind === "number" && b.kind === "number" && !checkUnits(scope, node, a, b)) return errorType;
  return { kind: "bool", optional: false };
}

/** `category in ["a", "b"]`. */
function inferMembership(scope: FormulaScope, node: BinaryExpression): ValueType {
  const left = asNumber(inferFormula(scope, node.left));
  if (node.right.kind === "Missing") return errorType;
  if (node.right.kind === "NameExpression") {
    // One of a candidate's texts: `"sale" in tags`.
    const list = inferFormula(scope, node.right);
    if (left.kind === "error" || list.kind === "error") return errorType;
    if (list.kind === "texts" && left.kind === "text") return { kind: "bool", optional: false };
  }
  if (node.right.kind !== "List" || node.right.items.length === 0) {
    scope.context.reporter.report("MTL3026", { found: describeValue(node.right) }, node.right.span);
    return errorType;
  }
  const items = node.right.items.map((item) => ({ item, type: inferFormula(scope, item) }));
  if (left.kind === "error" || items.some(({ type }) => type.kind === "error")) return errorType;
  const other = items.find(({ type }) => type.kind !== left.kind);
  if (other === undefined) return { kind: "bool", optional: false };
  const { within } = scope.context;
  scope.context.reporter.report(
    "MTL3025",
    { operator: "in", left: showType(left, within), right: showType(other.type, within) },
    other.item.span,
    { labels: [{ span: node.left.span, message: showType(left, within) }] },
  );
  return errorType;
}
