/** What the checker makes of an expression of formulas: its type and, where nothing is wrong with it, its tree. */
import {
  formulaLimits,
  operandsOf,
  type FormulaLeaf,
  type FormulaRange,
  type FormulaTree,
  type FormulaType,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import type { Interval } from "../../functions/intervals.js";
import { errorType, type ValueType } from "../values/types.js";

export type FormulaConstant = Extract<FormulaLeaf, { readonly kind: "constant" }>;

/** A tree over leaves `L` and constants. */
export type TreeOf<L> = FormulaTree<L | FormulaConstant>;

/** An expression after checking. `type` is `error` after something was reported; `value` is then undefined. */
export interface TypedFormula<L = FormulaLeaf> {
  readonly type: ValueType;
  readonly value: TreeOf<L> | undefined;
}

/** What a formula may read besides literals and functions. */
export interface FormulaScope<L = FormulaLeaf> {
  readonly context: CheckContext;
  readonly name: (node: ast.NameExpression) => TypedFormula<L>;
  /** `kind.sport`; absent: there is nothing of that form. */
  readonly member?: (node: ast.MemberExpression) => TypedFormula<L>;
  /** Calls that are not functions: `score(plain)` in a test. Undefined: call is a function of formulas. */
  readonly call?: (call: ast.CallExpression) => TypedFormula<L> | undefined;
  /** What a list means, where one may appear: `[promo, plain]` in a test. */
  readonly list?: (list: ast.ListExpression) => TypedFormula<L>;
}

/** The typed value of an expression in the same scope. */
export type Infer<L> = (expression: ast.Expression) => TypedFormula<L>;

/** What was reported. */
export const errorFormula = { type: errorType, value: undefined } as const;

/** A type with the tree that has it; the tree is left out where it or a part of it is wrong. */
export function typed<L>(type: ValueType, value: TreeOf<L> | undefined): TypedFormula<L> {
  return { type, value: type.kind === "error" ? undefined : value };
}

export function numberConstant(value: number, span: ast.Node["span"]): FormulaConstant {
  return { kind: "constant", type: "number", value, range: { low: value, high: value }, span };
}

/** The `range` of a number's node, to be spread into it. */
export function rangeField(type: ValueType): { readonly range?: FormulaRange } {
  return type.kind === "number" ? { range: toRange(type.range) } : {};
}

/** An interval without infinite ends, which JSON cannot say. */
export function toRange({ low, high, lowOpen, highOpen }: Interval): FormulaRange {
  return {
    ...(low === -Infinity ? {} : { low }),
    ...(high === Infinity ? {} : { high }),
    ...(lowOpen === true ? { lowOpen } : {}),
    ...(highOpen === true ? { highOpen } : {}),
  };
}

/** What a formula may compute with, of the types of the checker. */
export function formulaTypeOf(type: ValueType): FormulaType | undefined {
  switch (type.kind) {
    case "number":
    case "text":
    case "bool":
    case "time":
    case "duration":
    case "texts":
    case "vector":
      return type.kind;
    case "head":
      return "number";
    default:
      return undefined;
  }
}

/** Reports a tree over the limits. */
export function checkSize<L extends { readonly kind: string }>(
  { reporter }: CheckContext,
  value: FormulaTree<L> | undefined,
  span: ast.Node["span"],
): void {
  if (value === undefined) return;
  const size = sizeOf(value);
  if (size.nodes <= formulaLimits.nodes && size.depth <= formulaLimits.depth) return;
  reporter.report("MTL5040", { ...size, mostNodes: formulaLimits.nodes, mostDepth: formulaLimits.depth }, span, {
    help: "give a part of it a name: `fusion part = …`",
  });
}

function sizeOf<L extends { readonly kind: string }>(tree: FormulaTree<L>): { nodes: number; depth: number } {
  const size = { nodes: 1, depth: 1 };
  for (const operand of operandsOf(tree)) {
    const { nodes, depth } = sizeOf(operand);
    size.nodes += nodes;
    size.depth = Math.max(size.depth, depth + 1);
  }
  return size;
}
