import type { Argument, Expression } from "../../syntax/index.js";

/** What an expression is by its form, with an article, for messages: `the text "a"`, `a list`, `\`mlp(…)\``. */
export function describeValue(expression: Expression): string {
  switch (expression.kind) {
    case "Number":
      return `the number ${expression.text}`;
    case "Duration":
      return `the duration ${expression.text}`;
    case "String":
      return `the text "${expression.value.length > 30 ? `${expression.value.slice(0, 29)}…` : expression.value}"`;
    case "Boolean":
      return `\`${String(expression.value)}\``;
    case "Date":
      return `the date ${expression.text}`;
    case "NameExpression":
      return `\`${expression.name.text}\``;
    case "Member":
      return `\`${memberText(expression)}\``;
    case "Call":
      return `\`${expression.callee.text}(…)\``;
    case "List":
      return expression.items.length === 0 ? "an empty list" : "a list";
    case "Record":
      return "a record";
    case "Unary":
      return expression.operator === "not" ? "a condition" : "a negative value";
    case "Binary":
      return `\`… ${expression.operator} …\``;
    case "Parenthesized":
      return describeValue(expression.inner);
    case "NameRange":
      return "a range of names";
    case "But":
      return "`… but …`";
    case "Each":
      return "`each …`";
    case "Search":
      return "`search …`";
    case "Missing":
      return "nothing";
  }
}

/** An expression with its type, where its form does not show it: `\`… > …\`, which is true or false`. */
export function describeTyped(expression: Expression, type: string): string {
  const inner = withoutParentheses(expression);
  const isLiteral = ["Number", "String", "Boolean", "Date", "Duration", "List"].includes(inner.kind);
  return isLiteral ? describeValue(inner) : `${describeValue(inner)}, which is ${type}`;
}

function memberText(expression: Expression): string {
  if (expression.kind === "Member") return `${memberText(expression.object)}.${expression.member.text}`;
  return expression.kind === "NameExpression" ? expression.name.text : "…";
}

/** The expression without parentheses around it. */
export function withoutParentheses(expression: Expression): Expression {
  return expression.kind === "Parenthesized" ? withoutParentheses(expression.inner) : expression;
}

/** An expression as a message can show it, on one line: names, numbers, calls and lists of such; `…` for the rest. */
export function shortText(expression: Expression): string {
  switch (expression.kind) {
    case "NameExpression":
      return expression.name.text;
    case "Member":
      return memberText(expression);
    case "Number":
    case "Duration":
      return expression.text;
    case "Boolean":
      return String(expression.value);
    case "Call":
      return `${expression.callee.text}(${expression.arguments.map(shortArgument).join(", ")})`;
    case "List":
      return `[${expression.items.map(shortText).join(", ")}]`;
    case "Parenthesized":
      return shortText(expression.inner);
    default:
      return "…";
  }
}

/** An argument with its name, where it has one. */
export function shortArgument({ name, value }: Argument): string {
  return name === undefined ? shortText(value) : `${name.text}: ${shortText(value)}`;
}
