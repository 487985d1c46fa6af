import type { ReportDetails } from "../../diagnostics/index.js";
import type { Expression } from "../../syntax/index.js";
import { quote } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { placeArguments } from "../arguments/place-arguments.js";

/** The word before a column's name in quotes. */
export const columnWord = "column";

/**
 * The column that `name`, `"name"` or `column("name")` names; undefined when it is none of these. A call that is wrong is
 * reported and gives the empty name.
 */
export function columnNamed(context: CheckContext, expression: Expression): string | undefined {
  switch (expression.kind) {
    case "NameExpression":
      return expression.name.text;
    case "String":
      return expression.value;
    case "Parenthesized":
      return columnNamed(context, expression.inner);
    case "Call":
      return expression.callee.text === columnWord ? columnOfCall(context, expression) : undefined;
    default:
      return undefined;
  }
}

/** The column of `column("name")`; empty where the call is wrong, which is then reported. */
export function columnOfCall(context: CheckContext, call: Extract<Expression, { kind: "Call" }>): string {
  const { callee } = call;
  const placed = placeArguments(context, { name: callee.text, span: callee.span }, ["name"], call.arguments, call);
  const value = placed?.[0]?.value;
  if (value === undefined || value.kind === "Missing") return "";
  if (value.kind === "String" && value.value !== "") return value.value;
  context.reporter.report(
    "MTL3002",
    { callee: columnWord, parameter: "name", expected: "the name of a column in quotes", found: describeValue(value) },
    value.span,
    value.kind === "NameExpression"
      ? { help: `write \`${value.name.text}\` by itself, or \`column("${value.name.text}")\`` }
      : {},
  );
  return "";
}

/** How a text or a number is written that should have been the name of a column; nothing where there is none. */
export function meantColumn(...expressions: readonly Expression[]): ReportDetails {
  for (const expression of expressions) {
    const name =
      expression.kind === "String" ? expression.value : expression.kind === "Number" ? expression.text : undefined;
    if (name === undefined || name === "") continue;
    const written = `column(${quote(name)})`;
    return {
      help: `if ${quote(name)} is a column, write \`${written}\``,
      fixes: [{ title: `read the column ${quote(name)}`, edits: [{ span: expression.span, newText: written }] }],
    };
  }
  return {};
}

/** The texts of an expression, then its numbers, for {@link meantColumn}. */
export function literalsOf(expression: Expression): readonly Expression[] {
  const found: Expression[] = [];
  const collect = (node: Expression): void => {
    if (node.kind === "String" || node.kind === "Number") found.push(node);
    else if (node.kind === "Parenthesized") collect(node.inner);
    else if (node.kind === "Unary") collect(node.operand);
    else if (node.kind === "Binary") {
      collect(node.left);
      collect(node.right);
    }
  };
  collect(expression);
  return found.toSorted((a, b) => Number(a.kind === "Number") - Number(b.kind === "Number"));
}
