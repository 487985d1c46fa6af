import type { HeadExpression } from "./model.js";

/** The heads that an expression names. */
export function headsIn(value: HeadExpression): readonly string[] {
  switch (value.kind) {
    case "activation":
      return [];
    case "head":
      return [value.name];
    case "class":
      return [value.head];
    case "product":
      return value.factors.flatMap(headsIn);
    case "quotient":
      return [value.numerator, value.denominator].flatMap(headsIn);
    case "complement":
      return headsIn(value.operand);
  }
}
