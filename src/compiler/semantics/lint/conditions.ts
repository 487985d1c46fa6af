/** Conditions of rules that are the same for every candidate, by the ranges of what they compare. */
import type { BinaryExpression, Expression } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { withoutParentheses } from "../names/describe.js";
import { anyNumber, holds, showInterval, type Interval } from "../../functions/intervals.js";

/** Reports the first part of a condition that is always true, or that can never be. */
export function lintCondition(context: CheckContext, condition: Expression): void {
  const conjuncts = conjunctsOf(condition);
  for (const part of conjuncts) {
    const found = constantPart(context, part);
    if (found === undefined) continue;
    return reportConstant(context, found.node, found.truth);
  }
  const clash = findClash(context, conjuncts);
  if (clash === undefined) return;
  context.reporter.report("MTL6012", { truth: false }, clash.second.span, {
    labels: [{ span: clash.first.span, message: "excludes it" }],
  });
}

function reportConstant(context: CheckContext, node: BinaryExpression, truth: boolean): void {
  const labels = [node.left, node.right].flatMap((side) => {
    const range = rangeOf(context, side);
    return range === undefined || isNumber(side) ? [] : [{ span: side.span, message: showInterval(range) }];
  });
  context.reporter.report("MTL6012", { truth }, node.span, { labels });
}

function isNumber(expression: Expression): boolean {
  return withoutParentheses(expression).kind === "Number";
}

/** `a and b and c` in its parts. */
function conjunctsOf(expression: Expression): readonly Expression[] {
  const inner = withoutParentheses(expression);
  return inner.kind === "Binary" && inner.operator === "and"
    ? [...conjunctsOf(inner.left), ...conjunctsOf(inner.right)]
    : [inner];
}

/** A comparison in an expression of `or` and `not` that decides nothing. */
function constantPart(
  context: CheckContext,
  expression: Expression,
): { readonly node: BinaryExpression; readonly truth: boolean } | undefined {
  const inner = withoutParentheses(expression);
  if (inner.kind === "Unary") return constantPart(context, inner.operand);
  if (inner.kind !== "Binary") return undefined;
  if (inner.operator === "or" || inner.operator === "and")
    return constantPart(context, inner.left) ?? constantPart(context, inner.right);
  const truth = truthOf(context, inner);
  return truth === undefined ? undefined : { node: inner, truth };
}

/** What a comparison always is; undefined when it depends on the candidate. */
function truthOf(context: CheckContext, { operator, left, right }: BinaryExpression): boolean | undefined {
  const [a, b] = [rangeOf(context, left), rangeOf(context, right)];
  if (a === undefined || b === undefined) return undefined;
  const truth = compareRanges(operator, a, b);
  // A comparison with a missing value is false, so that only "never" holds for all.
  return truth === true && [left, right].some((side) => mayBeMissing(context, side)) ? undefined : truth;
}

function compareRanges(operator: BinaryExpression["operator"], a: Interval, b: Interval): boolean | undefined {
  switch (operator) {
    case "<":
      return isBelow(a, b, true) ? true : isBelow(b, a, false) ? false : undefined;
    case "<=":
      return isBelow(a, b, false) ? true : isBelow(b, a, true) ? false : undefined;
    case ">":
      return compareRanges("<", b, a);
    case ">=":
      return compareRanges("<=", b, a);
    case "==":
    case "!=": {
      const apart = isBelow(a, b, true) || isBelow(b, a, true);
      return apart ? operator === "!=" : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether every value of `a` is below every value of `b`; when not `strictly`, or equal to it. */
function isBelow(a: Interval, b: Interval, strictly: boolean): boolean {
  if (a.high < b.low) return true;
  if (a.high > b.low || !Number.isFinite(a.high)) return false;
  return !strictly || a.highOpen === true || b.lowOpen === true;
}

function rangeOf(context: CheckContext, expression: Expression): Interval | undefined {
  const type = context.types.get(expression);
  if (type?.kind === "number") return type.range;
  return type?.kind === "head" && type.type.kind === "probability" ? { low: 0, high: 1 } : undefined;
}

function mayBeMissing(context: CheckContext, expression: Expression): boolean {
  const type = context.types.get(expression);
  return type !== undefined && "optional" in type && type.optional;
}

/** Two comparisons of one name with constants that nothing fulfils together. */
function findClash(
  context: CheckContext,
  conjuncts: readonly Expression[],
): { readonly first: Expression; readonly second: Expression } | undefined {
  const seen: { readonly name: string; readonly node: Expression; readonly bound: Bound }[] = [];
  for (const node of conjuncts) {
    if (node.kind !== "Binary" || node.left.kind !== "NameExpression") continue;
    const bound = boundOf(context, node);
    if (bound === undefined) continue;
    const name = node.left.name.text;
    const other = seen.find((each) => each.name === name && excludes(each.bound, bound));
    if (other !== undefined) return { first: other.node, second: node };
    seen.push({ name, node, bound });
  }
  return undefined;
}

type Bound = { readonly kind: "text"; readonly value: string } | { readonly kind: "range"; readonly range: Interval };

function boundOf(context: CheckContext, { operator, right }: BinaryExpression): Bound | undefined {
  const inner = withoutParentheses(right);
  if (operator === "==" && inner.kind === "String") return { kind: "text", value: inner.value };
  const range = rangeOf(context, right);
  if (range === undefined || range.low !== range.high) return undefined;
  const value = range.low;
  switch (operator) {
    case "<":
      return { kind: "range", range: { ...anyNumber, high: value, highOpen: true } };
    case "<=":
      return { kind: "range", range: { ...anyNumber, high: value } };
    case ">":
      return { kind: "range", range: { ...anyNumber, low: value, lowOpen: true } };
    case ">=":
      return { kind: "range", range: { ...anyNumber, low: value } };
    case "==":
      return { kind: "range", range };
    default:
      return undefined;
  }
}

function excludes(a: Bound, b: Bound): boolean {
  if (a.kind === "text" || b.kind === "text") return a.kind === "text" && b.kind === "text" && a.value !== b.value;
  if (a.range.low === a.range.high) return !holds(b.range, a.range.low);
  return isBelow(a.range, b.range, true) || isBelow(b.range, a.range, true);
}
