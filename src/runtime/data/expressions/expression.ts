/**
 * Expressions over raw columns (labels, derived features), in two forms that agree: SQL for rows in files
 * (`expression-sql.ts`), and an evaluator for rows that a program hands in (`expression-evaluate.ts`).
 *
 * - An operator says what it needs of its operands: arithmetic numbers, `and`/`or`/`not` booleans, and a comparison the
 *   kind of what is beside the column (`income == "50000+."` compares texts, `age > 30` numbers). Two columns never
 *   compare by the order of texts: `<` and its like need numbers, and `==` compares numbers wherever both values read as
 *   numbers. How a value becomes what is needed: `values.ts`.
 * - Null goes through: an operation on null is null, and so is a comparison; a label that is null is unknown. `and` and
 *   `or` decide when one side is enough (`false and null` is false). `missing(x)` is never null.
 * - Numbers are doubles; what is not finite is null where it is compared, tested or handed on: `1 / 0`, `log(-1)`.
 *   `log`, `log1p(x)` = log(1 + x) and `^` may differ in the last bit between the two forms.
 * - Texts compare by code points. Every part of an expression is evaluated, so that a value which cannot be what is
 *   needed is an error wherever it appears.
 */
import type { ColumnExpression } from "../../../compiler/model/model.js";

export {
  columnsOf,
  comparisonKind,
  isArithmetic,
  type Kind,
  membershipKind,
  naturalKind,
} from "../../../compiler/model/column-kinds.js";

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type BinaryExpression = Extract<ColumnExpression, { kind: "binary" }>;
export type CallExpression = Extract<ColumnExpression, { kind: "call" }>;

/** Between the two values of a cross: a character that no data holds. */
export const crossSeparator = "\u001f";

/** An argument of a call; the checker has counted them. */
export function argument(call: CallExpression, index: number): ColumnExpression {
  const found = call.arguments[index];
  if (found === undefined) throw new Error(`the checker let ${call.name} with too few arguments through`);
  return found;
}
