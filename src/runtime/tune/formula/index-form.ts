/**
 * Formulas whose order is that of a weighted sum: products of powers by their logarithms, sums of weighted terms as they
 * are. Their coefficients can be fitted, and their scale says nothing: the order of score^k is that of the score.
 */
import { omitUndefined } from "../../../compiler/text/index.js";
import { operandsOf, type FormulaExpression, type FusionModel } from "../../../compiler/model/index.js";

/** Σ over the columns of coefficient × column orders the rows as the formula does. */
export interface IndexForm {
  /** `log`: a column sums logarithms of factors, its coefficient is their exponent. `identity`: it sums terms. */
  readonly link: "log" | "identity";
  readonly columns: readonly IndexColumn[];
  /** Parameters that are elsewhere in the formula: they are held while coefficients are fitted. */
  readonly held: readonly string[];
}

export interface IndexColumn {
  /** The parameter that is the coefficient; absent: 1. */
  readonly param?: string;
  readonly parts: readonly IndexPart[];
}

export interface IndexPart {
  readonly value: FormulaExpression;
  /** What the part is multiplied by; of `log`, after the logarithm. */
  readonly scale: number;
  /** Of `safe_pow`: the value is at least 1e-9. */
  readonly guarded: boolean;
}

/** The form of a formula; undefined when no parameter is a coefficient of it. */
export function indexFormOf(formula: FormulaExpression, fusions: readonly FusionModel[]): IndexForm | undefined {
  const named = new Map(fusions.map((fusion) => [fusion.name, fusion.value]));
  const top = unwrap(formula, named);
  const isSum = top.kind === "arithmetic" && (top.operator === "+" || top.operator === "-");
  const found: Found[] = [];
  if (isSum) collectTerms(top, 1, named, found);
  else collectFactors(top, 1, undefined, named, found);
  const params = new Set(found.flatMap(({ param }) => (param === undefined ? [] : [param])));
  const columns: IndexColumn[] = [];
  const fixed = found.filter(({ param }) => param === undefined);
  if (fixed.length > 0) columns.push({ parts: fixed });
  for (const param of params) columns.push({ param, parts: found.filter((part) => part.param === param) });
  const held = new Set(found.flatMap(({ value }) => [...paramsOf(value, named)]));
  // A parameter that is a coefficient and is inside of a part as well is not a coefficient of a sum.
  if (params.size === 0 || [...params].some((param) => held.has(param))) return undefined;
  return { link: isSum ? "identity" : "log", columns, held: [...held] };
}

interface Found extends IndexPart {
  readonly param: string | undefined;
}

type Named = ReadonlyMap<string, FormulaExpression>;

const rising: readonly string[] = ["exp", "log", "log1p", "sqrt", "sigmoid"];

/** What orders as the expression does: named formulas put in, rising functions taken off. */
function unwrap(expression: FormulaExpression, named: Named): FormulaExpression {
  if (expression.kind === "fusion") return unwrap(named.get(expression.name) ?? missing(expression.name), named);
  if (expression.kind === "call" && rising.includes(expression.function))
    return unwrap(expression.arguments[0] ?? missing(expression.function), named);
  return expression;
}

function missing(name: string): never {
  throw new Error(`the model has no ${name}`);
}

function collectFactors(
  node: FormulaExpression,
  scale: number,
  param: string | undefined,
  named: Named,
  found: Found[],
): void {
  const leaf = (guarded: boolean, value: FormulaExpression = node, own = scale): void =>
    void found.push({ value, scale: own, guarded, param });
  if (node.kind === "fusion")
    return collectFactors(named.get(node.name) ?? missing(node.name), scale, param, named, found);
  // Factors that are the same for all rows order nothing.
  if (node.kind === "constant" && node.type === "number" && node.value > 0) return;
  if (node.kind === "param" && param === undefined && (node.range?.low ?? 0) > 0) return;
  if (node.kind === "arithmetic" && node.operator === "*") {
    collectFactors(node.left, scale, param, named, found);
    return collectFactors(node.right, scale, param, named, found);
  }
  if (node.kind === "arithmetic" && node.operator === "/") {
    collectFactors(node.left, scale, param, named, found);
    return collectFactors(node.right, -scale, param, named, found);
  }
  const isGuarded = node.kind === "call" && node.function === "safe_pow";
  const isPower = node.kind === "arithmetic" && node.operator === "^";
  const [base, exponent] = isPower ? [node.left, node.right] : isGuarded ? node.arguments : [];
  if (base === undefined || exponent === undefined) return leaf(false);
  const own = exponentOf(exponent);
  if (own === undefined || (own.param !== undefined && param !== undefined)) return leaf(false);
  if (isGuarded) found.push({ value: base, scale: scale * own.scale, guarded: true, param: own.param ?? param });
  else collectFactors(base, scale * own.scale, own.param ?? param, named, found);
}

/** A constant, a parameter, or their product. */
function exponentOf(node: FormulaExpression): { readonly scale: number; readonly param?: string } | undefined {
  if (node.kind === "constant" && node.type === "number") return { scale: node.value };
  if (node.kind === "param") return { scale: 1, param: node.name };
  if (node.kind === "negate") {
    const inner = exponentOf(node.operand);
    return inner === undefined ? undefined : { ...inner, scale: -inner.scale };
  }
  if (node.kind === "arithmetic" && node.operator === "*") {
    const [left, right] = [exponentOf(node.left), exponentOf(node.right)];
    if (left === undefined || right === undefined || (left.param !== undefined && right.param !== undefined))
      return undefined;
    const param = left.param ?? right.param;
    return { scale: left.scale * right.scale, ...omitUndefined({ param }) };
  }
  return undefined;
}

function collectTerms(node: FormulaExpression, scale: number, named: Named, found: Found[]): void {
  if (node.kind === "fusion") return collectTerms(named.get(node.name) ?? missing(node.name), scale, named, found);
  if (node.kind === "negate") return collectTerms(node.operand, -scale, named, found);
  if (node.kind === "constant") return;
  if (node.kind === "arithmetic" && (node.operator === "+" || node.operator === "-")) {
    collectTerms(node.left, scale, named, found);
    return collectTerms(node.right, node.operator === "+" ? scale : -scale, named, found);
  }
  if (node.kind === "arithmetic" && node.operator === "*") {
    for (const [weight, value] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      const own = exponentOf(weight);
      if (own === undefined) continue;
      if (own.param === undefined) return collectTerms(value, scale * own.scale, named, found);
      return void found.push({ value, scale: scale * own.scale, guarded: false, param: own.param });
    }
  }
  found.push({ value: node, scale, guarded: false, param: undefined });
}

/** Parameters that an expression reads, through the formulas that it names. */
export function paramsOf(expression: FormulaExpression, named: Named): ReadonlySet<string> {
  const params = new Set<string>();
  visitFormula(expression, (node) => {
    if (node.kind === "param") params.add(node.name);
    if (node.kind === "fusion")
      for (const name of paramsOf(named.get(node.name) ?? missing(node.name), named)) params.add(name);
  });
  return params;
}

/** Calls back for a node and all below it. */
export function visitFormula(node: FormulaExpression, visit: (node: FormulaExpression) => void): void {
  visit(node);
  for (const child of operandsOf(node)) visitFormula(child, visit);
}

/** Whether all coefficients can be multiplied by a number ≥ 0 without a change of the order. */
export function hasFreeScale(form: IndexForm): boolean {
  return form.columns.every(({ param }) => param !== undefined);
}
