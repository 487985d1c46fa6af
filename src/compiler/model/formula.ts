/**
 * Formulas after checking: trees with every name resolved, the type of each node and the range that its value stays in.
 * Time is counted in seconds since 1970-01-01T00:00:00Z, durations in seconds. Plain JSON.
 */
import type { FormulaFunctionName, ListFunctionName } from "../functions/index.js";
import type { Span } from "../text/index.js";

/** What a value of a formula is. `texts` is several texts (tags), `vector` a fixed number of numbers (an embedding). */
export type FormulaType = "number" | "text" | "bool" | "time" | "duration" | "texts" | "vector";

/** Where a number stays; an end that is absent is "finite, of unknown size". */
export interface FormulaRange {
  readonly low?: number;
  readonly high?: number;
  /** The end itself is not reached. */
  readonly lowOpen?: true;
  readonly highOpen?: true;
}

interface NodeBase {
  readonly span: Span;
  /** Set on numbers. */
  readonly range?: FormulaRange;
}

/** What a formula reads. */
export type FormulaLeaf =
  | (NodeBase & { readonly kind: "constant"; readonly type: "number" | "time" | "duration"; readonly value: number })
  | (NodeBase & { readonly kind: "constant"; readonly type: "text"; readonly value: string })
  | (NodeBase & { readonly kind: "constant"; readonly type: "bool"; readonly value: boolean })
  /** One of {@link ServingModel.inputs}. */
  | (NodeBase & { readonly kind: "input"; readonly type: FormulaType; readonly name: string })
  /** One of {@link ServingModel.params}. */
  | (NodeBase & { readonly kind: "param"; readonly type: "number"; readonly name: string })
  /** One of {@link ServingModel.fusions}, which comes before the formula that reads it. */
  | (NodeBase & { readonly kind: "fusion"; readonly type: "number"; readonly name: string });

/** A tree over leaves `L`. The type `bool` has three values: true, false, and unknown where what decides is missing. */
export type FormulaTree<L> =
  | L
  | (NodeBase & { readonly kind: "negate"; readonly type: "number"; readonly operand: FormulaTree<L> })
  | (NodeBase & { readonly kind: "not"; readonly type: "bool"; readonly operand: FormulaTree<L> })
  /** Also time − time, time ± duration, and duration / duration, which is a number. */
  | (NodeBase & {
      readonly kind: "arithmetic";
      readonly type: "number" | "time" | "duration";
      readonly operator: ArithmeticOperator;
      readonly left: FormulaTree<L>;
      readonly right: FormulaTree<L>;
    })
  /** Unknown where a side is missing. Texts compare by code points. */
  | (NodeBase & {
      readonly kind: "comparison";
      readonly type: "bool";
      readonly operator: ComparisonOperator;
      readonly left: FormulaTree<L>;
      readonly right: FormulaTree<L>;
    })
  /** Kleene's logic: `false and unknown` is false, `true or unknown` is true. */
  | (NodeBase & {
      readonly kind: "logic";
      readonly type: "bool";
      readonly operator: "and" | "or";
      readonly left: FormulaTree<L>;
      readonly right: FormulaTree<L>;
    })
  /** `category in ["a", "b"]`; of `texts`, whether one of them is the value: `"sale" in tags`. */
  | (NodeBase & {
      readonly kind: "member";
      readonly type: "bool";
      readonly operand: FormulaTree<L>;
      readonly values: readonly FormulaTree<L>[];
    })
  | (NodeBase & {
      readonly kind: "call";
      readonly type: FormulaType;
      readonly function: FormulaFunctionName;
      readonly arguments: readonly FormulaTree<L>[];
    })
  /** A function of the request's list: of this value, and of the same value of all other candidates. */
  | (NodeBase & {
      readonly kind: "list";
      readonly type: "number";
      readonly function: ListFunctionName;
      readonly operand: FormulaTree<L>;
    })
  /** The line through the points (knots[i], values[i]), flat outside of them; knots rise. */
  | (NodeBase & {
      readonly kind: "piecewise";
      readonly type: "number";
      readonly operand: FormulaTree<L>;
      readonly knots: readonly number[];
      readonly values: readonly number[];
    });

export type FormulaExpression = FormulaTree<FormulaLeaf>;

/** The trees right under a node, in the order of the text; none under a leaf. */
export function operandsOf<L extends { readonly kind: string }>(node: FormulaTree<L>): readonly FormulaTree<L>[] {
  if ("operand" in node)
    return "values" in node && node.kind === "member" ? [node.operand, ...node.values] : [node.operand];
  if ("left" in node) return [node.left, node.right];
  return "arguments" in node ? node.arguments : [];
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "^";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** A formula may have at most this many nodes, and be at most this deep, formulas that it reads not counted. */
export const formulaLimits = { nodes: 256, depth: 64 } as const;
