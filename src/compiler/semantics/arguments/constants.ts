import type { Expression } from "../../syntax/index.js";

/** What a constant expression comes to. */
export type Constant =
  | { readonly kind: "value"; readonly value: number }
  /** Recovery left a hole in it: reported already. */
  | { readonly kind: "missing" }
  | { readonly kind: "none" };

const none: Constant = { kind: "none" };

/** The value of an arithmetic expression of only numbers (`1/3`, `-2`, `2^20`); it may be infinite or NaN. */
export function constantOf(expression: Expression): Constant {
  switch (expression.kind) {
    case "Number":
      return { kind: "value", value: expression.value };
    case "Parenthesized":
      return constantOf(expression.inner);
    case "Missing":
      return { kind: "missing" };
    case "Unary": {
      const operand = constantOf(expression.operand);
      if (expression.operator === "not") return none;
      return operand.kind === "value" ? { kind: "value", value: -operand.value } : operand;
    }
    case "Binary": {
      const left = constantOf(expression.left);
      const right = constantOf(expression.right);
      if (left.kind === "missing" || right.kind === "missing") return { kind: "missing" };
      if (left.kind === "none" || right.kind === "none") return none;
      switch (expression.operator) {
        case "+":
          return { kind: "value", value: left.value + right.value };
        case "-":
          return { kind: "value", value: left.value - right.value };
        case "*":
          return { kind: "value", value: left.value * right.value };
        case "/":
          return { kind: "value", value: left.value / right.value };
        case "^":
          return { kind: "value", value: left.value ** right.value };
        default:
          return none;
      }
    }
    default:
      return none;
  }
}
