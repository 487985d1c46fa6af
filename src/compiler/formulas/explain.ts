/**
 * What each part of a formula did for one candidate. It reads the very columns that gave the score, so that an
 * explanation cannot disagree with it: logarithms of the factors sum to the logarithm of a product, terms to a sum.
 */
import type { FormulaExpression } from "../model/index.js";
import type { Frame } from "./frame.js";
import type { Evaluator } from "./interpret.js";

/** A factor or a term, its value for the candidate, and what it adds to the whole. */
export interface Contribution {
  readonly expression: FormulaExpression;
  readonly value: number;
  /** Of a product, the logarithm of the factor (of a divisor its negative; −∞ of 0); of a sum, the term with its sign. */
  readonly contribution: number;
}

export type FormulaExplanation =
  /** Contributions sum to ln(score). */
  | { readonly kind: "product"; readonly score: number; readonly parts: readonly Contribution[] }
  /** Contributions sum to the score. */
  | { readonly kind: "sum"; readonly score: number; readonly parts: readonly Contribution[] }
  /** Neither a product of positive factors nor a sum: there is nothing to divide it into. */
  | { readonly kind: "value"; readonly score: number; readonly parts: readonly [] };

/** Explains a formula for the candidate in a row of the frame. A formula that only names another is explained as that. */
export function explainFormula(
  frame: Frame,
  evaluator: Evaluator,
  expression: FormulaExpression,
  row: number,
): FormulaExplanation {
  const root = resolveNamed(frame, expression);
  const at = (node: FormulaExpression): number => evaluator.numbers(node)[row]!;
  const score = at(root);
  const terms = termsOf(root, 1);
  if (terms.length > 1) return { kind: "sum", score, parts: terms.map((term) => contributionOf(term, at)) };
  const factors = factorsOf(root, 1);
  const parts = factors.map((factor) => contributionOf(factor, at));
  const isPositive = parts.every(({ value, contribution }) => value === value && contribution === contribution);
  return factors.length > 1 && isPositive && Number.isFinite(score)
    ? { kind: "product", score, parts }
    : { kind: "value", score, parts: [] };
}

/** Why one candidate is above another: what each part adds to the difference of ln(score), or of the score of a sum. */
export interface FormulaDifference {
  readonly kind: FormulaExplanation["kind"];
  /** ln(a) − ln(b) for products, a − b otherwise. */
  readonly difference: number;
  /** The parts that differ, the greatest first. */
  readonly parts: readonly (Pick<Contribution, "expression"> & {
    readonly a: number;
    readonly b: number;
    readonly contribution: number;
  })[];
}

/** Compares two explanations of one formula. */
export function compareExplanations(a: FormulaExplanation, b: FormulaExplanation): FormulaDifference {
  if (a.kind === "value" || a.kind !== b.kind) return { kind: "value", difference: a.score - b.score, parts: [] };
  const parts = a.parts.flatMap((part, i) => {
    const other = b.parts[i];
    // Zero on both sides: −∞ − (−∞) is not a number, and no difference.
    if (other === undefined || part.contribution === other.contribution) return [];
    const contribution = part.contribution - other.contribution;
    return [{ expression: part.expression, a: part.value, b: other.value, contribution }];
  });
  return {
    kind: a.kind,
    difference: a.kind === "product" ? Math.log(a.score) - Math.log(b.score) : a.score - b.score,
    parts: parts.toSorted((x, y) => Math.abs(y.contribution) - Math.abs(x.contribution)),
  };
}

function resolveNamed(frame: Frame, expression: FormulaExpression): FormulaExpression {
  if (expression.kind !== "fusion") return expression;
  const named = frame.fusions.get(expression.name);
  return named === undefined ? expression : resolveNamed(frame, named);
}

interface Part {
  readonly expression: FormulaExpression;
  readonly sign: 1 | -1;
  /** A term adds its value; a factor its logarithm. */
  readonly as: "term" | "factor";
}

type Sign = Part["sign"];

function termsOf(node: FormulaExpression, sign: Sign): readonly Part[] {
  if (node.kind === "negate") return termsOf(node.operand, turned(sign));
  if (node.kind === "arithmetic" && node.type === "number" && (node.operator === "+" || node.operator === "-"))
    return [...termsOf(node.left, sign), ...termsOf(node.right, node.operator === "+" ? sign : turned(sign))];
  return [{ expression: node, sign, as: "term" }];
}

function factorsOf(node: FormulaExpression, sign: Sign): readonly Part[] {
  if (node.kind === "arithmetic" && (node.operator === "*" || (node.operator === "/" && node.left.type === "number")))
    return [...factorsOf(node.left, sign), ...factorsOf(node.right, node.operator === "*" ? sign : turned(sign))];
  // The exponential of a sum is a product, whose logarithms are the terms.
  const [operand] = node.kind === "call" && node.function === "exp" ? node.arguments : [];
  if (operand !== undefined) return termsOf(operand, sign);
  return [{ expression: node, sign, as: "factor" }];
}

function turned(sign: Sign): Sign {
  return sign === 1 ? -1 : 1;
}

function contributionOf({ expression, sign, as }: Part, at: (node: FormulaExpression) => number): Contribution {
  const value = at(expression);
  return { expression, value, contribution: sign * (as === "term" ? value : Math.log(value)) };
}
