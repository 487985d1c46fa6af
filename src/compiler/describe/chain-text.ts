import type { FormulaExpression } from "../model/index.js";

/** A chain over signals as the spec says it: the guards of its quotients are not written. */
export function chainText(value: FormulaExpression): string {
  switch (value.kind) {
    case "input":
    case "fusion":
      return value.name;
    case "arithmetic":
      // A complement: one less a head.
      return value.operator === "-"
        ? `1 - ${operandText(value.right)}`
        : `${operandText(value.left)} ${value.operator} ${operandText(value.right)}`;
    case "call": {
      const [, quotient] = value.arguments;
      if (quotient?.kind !== "arithmetic" || quotient.right.kind !== "call") break;
      const [denominator] = quotient.right.arguments;
      if (denominator !== undefined) return `${operandText(quotient.left)} / ${operandText(denominator)}`;
      break;
    }
    default:
      break;
  }
  throw new Error(`a chain over signals is not a formula of the kind ${value.kind}`);
}

function operandText(value: FormulaExpression): string {
  const text = chainText(value);
  return value.kind === "input" || value.kind === "fusion" ? text : `(${text})`;
}
