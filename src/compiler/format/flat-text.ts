import type { Argument, EventExpression, Expression, Name, RangeClause, SearchRange, Type } from "../syntax/index.js";
import { quote } from "../text/index.js";

/** An expression on one line. */
export function flatExpression(node: Expression): string {
  switch (node.kind) {
    case "Number":
    case "Duration":
    case "Date":
      return node.text;
    case "String":
      return quote(node.value);
    case "Boolean":
      return String(node.value);
    case "NameExpression":
      return node.name.text;
    case "Member":
      return `${flatExpression(node.object)}.${node.member.text}`;
    case "Call":
      return `${node.callee.text}(${flatArguments(node.arguments)})`;
    case "List":
      return `[${node.items.map(flatExpression).join(", ")}]`;
    case "Record":
      return node.entries.length === 0
        ? "{}"
        : `{ ${node.entries.map(({ key, value }) => `${key.text}: ${flatExpression(value)}`).join(", ")} }`;
    case "Unary":
      return unarySign(node.operator) + flatExpression(node.operand);
    case "Binary":
      return node.operator === "^"
        ? `${flatExpression(node.left)}^${flatExpression(node.right)}`
        : `${flatExpression(node.left)} ${node.operator} ${flatExpression(node.right)}`;
    case "Parenthesized":
      return `(${flatExpression(node.inner)})`;
    case "NameRange":
      return `${nameText(node.first)} .. ${nameText(node.last)}`;
    case "Each":
      return `each ${flatExpression(node.value)}`;
    case "But":
      return `${flatExpression(node.base)} but ${flatExpression(node.without)}`;
    case "Search": {
      const { space, default: value } = node;
      const from = space.kind === "List" ? flatExpression(space) : flatSearchRange(space);
      return `search ${from}${value === undefined ? "" : ` = ${flatExpression(value)}`}`;
    }
    case "Missing":
      return "";
  }
}

/** `1e-4..1e-2 log`. */
export function flatSearchRange({ low, high, log }: SearchRange): string {
  return `${flatExpression(low)}..${flatExpression(high)}${log ? " log" : ""}`;
}

export function flatArguments(list: readonly Argument[]): string {
  return list.map(({ name, value }) => (name === undefined ? "" : `${name.text}: `) + flatExpression(value)).join(", ");
}

/** A name as the text has it: of a feature that is called by its column, in quotes. */
export function nameText({ text, quoted }: Name): string {
  return quoted === undefined ? text : quote(quoted);
}

export function unarySign(operator: "-" | "not"): string {
  return operator === "-" ? "-" : "not ";
}

/** A type on one line; types are short and never broken. */
export function flatType(node: Type): string {
  switch (node.kind) {
    case "ProbabilityType":
      return `P(${flatEvent(node.event)}${givenText(node.given)})`;
    case "ExpectationType":
      return `E(${node.label.text}${givenText(node.given)})`;
    case "ScoreType":
      return "score";
    case "NumberType": {
      const unit = node.unit === undefined ? "" : `(${node.unit.text})`;
      const range = node.range === undefined ? "" : ` ${flatRange(node.range)}`;
      return `number${unit}${node.optional ? "?" : ""}${range}`;
    }
    case "VectorType":
      return `vector(${flatExpression(node.width)})${node.optional ? "?" : ""}`;
    case "SimpleType":
      return `${node.base}${node.optional ? "?" : ""}`;
    case "MissingType":
      return "";
  }
}

function givenText(given: EventExpression | undefined): string {
  return given === undefined ? "" : ` | ${flatEvent(given)}`;
}

/** `in [0, 1]` or `>= 0`. */
export function flatRange({ low, high, lowOpen, highOpen }: RangeClause): string {
  if (low !== undefined && high !== undefined) return `in [${flatExpression(low)}, ${flatExpression(high)}]`;
  if (low !== undefined) return `${lowOpen ? ">" : ">="} ${flatExpression(low)}`;
  return high === undefined ? "" : `${highOpen ? "<" : "<="} ${flatExpression(high)}`;
}

function flatEvent(node: EventExpression): string {
  switch (node.kind) {
    case "EventName":
      return node.member === undefined ? node.name.text : `${node.name.text}.${node.member.text}`;
    case "EventNot":
      return `not ${inParentheses(node.operand, node.operand.kind === "EventAnd")}`;
    case "EventAnd":
      // `&` associates to the left: a conjunction on the right was written in parentheses.
      return `${flatEvent(node.left)} & ${inParentheses(node.right, node.right.kind === "EventAnd")}`;
    case "EventMissing":
      return "";
  }
}

function inParentheses(node: EventExpression, needed: boolean): string {
  return needed ? `(${flatEvent(node)})` : flatEvent(node);
}
