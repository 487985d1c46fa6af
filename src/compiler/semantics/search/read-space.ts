/** What a `search` says in its text, read and checked as far as no option has to be known. */
import type { Reporter } from "../../diagnostics/index.js";
import type { AnyNode, Expression, SearchExpression, SearchRange } from "../../syntax/index.js";
import { childrenOf } from "../../syntax/index.js";
import { numberText, type Span } from "../../text/index.js";
import { withoutParentheses } from "../names/describe.js";

/** The space of a `search` with the expressions that stand for its values. */
export type ReadSpace =
  | {
      readonly kind: "choices";
      readonly choices: readonly Expression[];
      /** The index of the one that everything but a search takes. */
      readonly default: number;
    }
  | {
      readonly kind: "range";
      readonly low: number;
      readonly high: number;
      readonly log: boolean;
      /** Absent: the middle. */
      readonly default?: number;
    };

/** Undefined when something is wrong, which is reported unless recovery left a hole. */
export function readSpace(node: SearchExpression, reporter: Reporter): ReadSpace | undefined {
  return node.space.kind === "List"
    ? readChoices(node.space.items, node, reporter)
    : readRange(node.space, node, reporter);
}

function readChoices(items: readonly Expression[], node: SearchExpression, reporter: Reporter): ReadSpace | undefined {
  if (items.some(({ kind }) => kind === "Missing")) return undefined;
  const several = items.find(({ kind }) => kind === "NameRange" || kind === "But" || kind === "Each");
  if (several !== undefined) {
    reporter.report("MTL3162", { problem: "a choice of a `search` is one value" }, several.span);
    return undefined;
  }
  if (items.length < 2) {
    reporter.report("MTL3162", { problem: "a `search` needs at least two choices" }, node.space.span);
    return undefined;
  }
  for (const [i, item] of items.entries())
    if (items.slice(0, i).some((other) => isEqual(other, item))) {
      reporter.report("MTL3162", { problem: "two choices of this `search` are equal" }, item.span);
      return undefined;
    }
  if (node.default === undefined) return { kind: "choices", choices: items, default: 0 };
  const wanted = node.default;
  const index = items.findIndex((item) => isEqual(item, wanted));
  if (index >= 0) return { kind: "choices", choices: items, default: index };
  if (wanted.kind !== "Missing") reporter.report("MTL3163", { what: "one of its choices" }, wanted.span);
  return undefined;
}

function readRange(range: SearchRange, node: SearchExpression, reporter: Reporter): ReadSpace | undefined {
  const [low, high] = [numberOf(range.low), numberOf(range.high)];
  if (low === undefined || high === undefined) {
    const wrong = low === undefined ? range.low : range.high;
    if (wrong.kind !== "Missing")
      reporter.report("MTL3161", { problem: "a range of a `search` is between two numbers" }, wrong.span);
    return undefined;
  }
  if (!(low < high)) {
    reporter.report("MTL3161", { problem: "the first number of a range is smaller than the second" }, range.span);
    return undefined;
  }
  if (range.log && low <= 0) {
    reporter.report("MTL3161", { problem: "a range with `log` begins above 0" }, range.low.span);
    return undefined;
  }
  const space = { kind: "range", low, high, log: range.log } as const;
  if (node.default === undefined) return space;
  const value = numberOf(node.default);
  if (value !== undefined && value >= low && value <= high) return { ...space, default: value };
  if (node.default.kind !== "Missing") reporter.report("MTL3163", { what: "a number in its range" }, node.default.span);
  return undefined;
}

function numberOf(expression: Expression): number | undefined {
  if (expression.kind === "Number") return expression.value;
  if (expression.kind === "Unary" && expression.operator === "-" && expression.operand.kind === "Number")
    return -expression.operand.value;
  return undefined;
}

/** A number in the place of a `search`. */
export function numberNode(value: number, span: Span): Expression {
  const number: Expression = { kind: "Number", value: Math.abs(value), text: numberText(Math.abs(value)), span };
  return value < 0 ? grouped({ kind: "Unary", operator: "-", operand: number, span }) : number;
}

/** An operation in parentheses, so that it stays together in the place of an operand. */
export function grouped(value: Expression): Expression {
  return value.kind === "Binary" || value.kind === "Unary"
    ? { kind: "Parenthesized", inner: value, span: value.span }
    : value;
}

/** Whether two expressions say the same, in whatever digits and parentheses. */
function isEqual(a: Expression, b: Expression): boolean {
  const [left, right] = [withoutParentheses(a), withoutParentheses(b)];
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== undefined || other !== undefined) return one === other;
  return textOf(left) === textOf(right);
}

/** A tree as a text that only equal trees have. */
function textOf(node: AnyNode): string {
  const own = Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value !== "object" && key !== "derived" ? [`${key}=${String(value)}`] : [],
  );
  return `(${own.join(" ")} ${childrenOf(node).map(textOf).join(" ")})`;
}
