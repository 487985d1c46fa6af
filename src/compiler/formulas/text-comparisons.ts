/** How texts compare, by operator: 1, 0, or NaN where one of them is missing. */
import * as operations from "./operations.js";

type TextComparison = (a: string | undefined, b: string | undefined) => number;

export const textComparisons: Readonly<Record<"==" | "!=" | "<" | "<=" | ">" | ">=", TextComparison>> = {
  "==": operations.isSameText,
  "!=": (a, b) => operations.doesNotHold(operations.isSameText(a, b)),
  "<": operations.isTextLess,
  "<=": operations.isTextLessOrEqual,
  ">": (a, b) => operations.isTextLess(b, a),
  ">=": (a, b) => operations.isTextLessOrEqual(b, a),
};
