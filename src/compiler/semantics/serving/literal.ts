import type { CandidateValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import { withoutParentheses } from "../names/describe.js";
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
