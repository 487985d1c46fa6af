import type { CandidateValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { secondsOfDate } from "../values/dates.js";

/** A value as JSON has it; undefined where the expression is not a literal. */
export function literalValue(expression: ast.Expression): CandidateValue | undefined {
  const node = withoutParentheses(expression);
  switch (node.kind) {
    case "String":
    case "Boolean":
      return node.value;
    case "Date":
      return secondsOfDate(node.text);
    case "Duration":
      return node.seconds;
    case "List": {
      const items = node.items.map(literalValue);
      const texts = items.filter((item) => typeof item === "string");
      const numbers = items.filter((item) => typeof item === "number");
      if (texts.length === items.length) return texts;
      return numbers.length === items.length ? numbers : undefined;
    }
    default: {
      const constant = constantOf(node);
      return constant.kind === "value" ? constant.value : undefined;
    }
  }
}

/** The instant of a date, read in the zone where it states none; undefined, and reported, for anything else. */
export function inferDate(
  context: CheckContext,
  node: ast.Expression,
  { callee, parameter }: { readonly callee: string; readonly parameter: string },
  zone?: string,
): number | undefined {
  if (node.kind === "Date") return secondsOfDate(node.text, zone);
  if (node.kind !== "Missing")
    context.reporter.report(
      "MTL3002",
      { callee, parameter, expected: "a date", found: describeValue(node) },
      node.span,
    );
  return undefined;
}
