/** Operators between two operands: logic, comparisons, membership, and arithmetic with its units and hazards. */
import type { BinaryExpression } from "../../syntax/index.js";
import { describeValue } from "../names/describe.js";
import {
  add,
  anyNumber,
  divide,
  multiply,
  power,
  showInterval,
  subtract,
  type IntervalResult,
} from "../../functions/intervals.js";
import { reportTimes } from "../values/time-arithmetic.js";
import { errorType, showType, type NumberValue, type ValueType } from "../values/types.js";
import { divideUnits, multiplyUnits, powerUnit } from "../values/units.js";
import { asNumber, condition, durationOperand, number, numberOperand } from "./formula-operands.js";
import { errorFormula, rangeField, typed, type FormulaScope, type Infer, type TypedFormula } from "./typed-formula.js";

type Scope = Pick<FormulaScope, "context">;

/** The typed value of `left operator right`; `infer` is that of an operand. */
export function inferBinary<L>(scope: Scope, node: BinaryExpression, infer: Infer<L>): TypedFormula<L> {
  const { operator, span } = node;
  if (operator === "in") return inferMembership(scope, node, infer);
  const [{ type: a, value: left }, { type: b, value: right }] = [infer(node.left), infer(node.right)];
  const isWhole = left !== undefined && right !== undefined;
  switch (operator) {
    case "and":
    case "or": {
      const sides = [condition(scope, a, node.left, operator), condition(scope, b, node.right, operator)];
      const type = sides.some((side) => side.kind === "error") ? errorType : truth;
      return typed(type, isWhole ? { kind: "logic", type: "bool", operator, left, right, span } : undefined);
    }
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const type = typeOfComparison(scope, node, a, b);
      return typed(type, isWhole ? { kind: "comparison", type: "bool", operator, left, right, span } : undefined);
    }
    default: {
      const type = typeOfArithmetic(scope, node, a, b);
      const kind = type.kind === "time" || type.kind === "duration" ? type.kind : "number";
      return typed(
        type,
        isWhole ? { kind: "arithmetic", type: kind, operator, left, right, ...rangeField(type), span } : undefined,
      );
    }
  }
}

const truth: ValueType = { kind: "bool", optional: false };

function typeOfArithmetic(scope: Scope, node: BinaryExpression, left: ValueType, right: ValueType): ValueType {
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
function checkUnits(scope: Scope, node: BinaryExpression, a: NumberValue, b: NumberValue): boolean {
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
  scope: Scope,
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

function typeOfComparison(scope: Scope, node: BinaryExpression, left: ValueType, right: ValueType): ValueType {
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
  return truth;
}

/** `category in ["a", "b"]`, `"sale" in tags`. */
function inferMembership<L>(scope: Scope, node: BinaryExpression, infer: Infer<L>): TypedFormula<L> {
  const { span, right } = node;
  const { type, value: operand } = infer(node.left);
  const left = asNumber(type);
  if (right.kind === "Missing") return errorFormula;
  if (right.kind === "NameExpression") {
    // One of a candidate's texts: the list is the operand.
    const list = infer(right);
    if (left.kind === "error" || list.type.kind === "error") return errorFormula;
    if (list.type.kind === "texts" && left.kind === "text")
      return typed(
        truth,
        list.value && operand && { kind: "member", type: "bool", operand: list.value, values: [operand], span },
      );
  }
  if (right.kind !== "List" || right.items.length === 0) {
    scope.context.reporter.report("MTL3026", { found: describeValue(right) }, right.span);
    return errorFormula;
  }
  const items = right.items.map((item) => ({ item, ...infer(item) }));
  if (left.kind === "error" || items.some((item) => item.type.kind === "error")) return errorFormula;
  const other = items.find((item) => item.type.kind !== left.kind);
  if (other === undefined) {
    const values = items.flatMap(({ value }) => value ?? []);
    const isWhole = operand !== undefined && values.length === items.length;
    return typed(truth, isWhole ? { kind: "member", type: "bool", operand, values, span } : undefined);
  }
  const { within } = scope.context;
  scope.context.reporter.report(
    "MTL3025",
    { operator: "in", left: showType(left, within), right: showType(other.type, within) },
    other.item.span,
    { labels: [{ span: node.left.span, message: showType(left, within) }] },
  );
  return errorFormula;
}
