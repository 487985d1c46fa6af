import {
  formulaFunctionNames,
  formulaLimits,
  listFunctionNames,
  type FormulaExpression,
  type FormulaFunctionName,
  type FormulaLeaf,
  type FormulaRange,
  type FormulaTree,
  type FormulaType,
  type ListFunctionName,
} from "../../model/index.js";
import { canonicalText } from "../../text/index.js";
import type * as ast from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import { typeOf, type CheckContext } from "../context.js";
import { secondsOfDate } from "../values/dates.js";
import { formulaParameterNames } from "./formula-functions.js";
import type { Interval } from "../values/intervals.js";
import { argumentsInOrder } from "../arguments/place-arguments.js";
import type { ValueType } from "../values/types.js";

/** What names, calls and lists stand for where they are leaves of a tree. */
export interface Leaves<L> {
  readonly name: (node: ast.NameExpression) => L | undefined;
  readonly call?: (node: ast.CallExpression) => L | undefined;
  readonly list?: (node: ast.ListExpression) => L | undefined;
}

/**
 * The tree of an expression whose types were inferred. Undefined only where something was reported; a tree over the
 * limits is reported here.
 */
export function resolveTree<L>(
  context: CheckContext,
  leaves: Leaves<L>,
  expression: ast.Expression,
): FormulaTree<L | FormulaConstant> | undefined {
  const size = { nodes: 0, depth: 0 };
  const tree = resolveNode({ context, leaves, size }, expression, 1);
  if (size.nodes > formulaLimits.nodes || size.depth > formulaLimits.depth)
    context.reporter.report(
      "MTL5040",
      { ...size, mostNodes: formulaLimits.nodes, mostDepth: formulaLimits.depth },
      expression.span,
      { help: "give a part of it a name: `fusion part = …`" },
    );
  return tree;
}

export type FormulaConstant = Extract<FormulaLeaf, { readonly kind: "constant" }>;

interface Resolving<L> {
  readonly context: CheckContext;
  readonly leaves: Leaves<L>;
  readonly size: { nodes: number; depth: number };
}

type Tree<L> = FormulaTree<L | FormulaConstant>;

function resolveNode<L>(state: Resolving<L>, node: ast.Expression, depth: number): Tree<L> | undefined {
  if (node.kind === "Parenthesized") return resolveNode(state, node.inner, depth);
  const { context, leaves, size } = state;
  size.nodes += 1;
  size.depth = Math.max(size.depth, depth);
  const { span } = node;
  const inner = (child: ast.Expression): Tree<L> | undefined => resolveNode(state, child, depth + 1);
  switch (node.kind) {
    case "Number":
      return numberConstant(node.value, span);
    case "Duration":
      return { kind: "constant", type: "duration", value: node.seconds, span };
    case "Date":
      return { kind: "constant", type: "time", value: secondsOfDate(node.text), span };
    case "String":
      return { kind: "constant", type: "text", value: canonicalText(node.value), span };
    case "Boolean":
      return { kind: "constant", type: "bool", value: node.value, span };
    case "NameExpression":
      return leaves.name(node);
    case "Unary": {
      const operand = inner(node.operand);
      if (operand === undefined) return undefined;
      return node.operator === "not"
        ? { kind: "not", type: "bool", operand, span }
        : { kind: "negate", type: "number", operand, ...rangeOf(context, node), span };
    }
    case "Binary":
      return resolveBinary(state, node, inner);
    case "Call":
      return leaves.call?.(node) ?? resolveCall(state, node, inner);
    case "List":
      return leaves.list?.(node);
    default:
      return undefined;
  }
}

export function numberConstant(value: number, span: ast.Node["span"]): FormulaConstant {
  return { kind: "constant", type: "number", value, range: { low: value, high: value }, span };
}

function resolveBinary<L>(
  { context }: Resolving<L>,
  node: ast.BinaryExpression,
  inner: (child: ast.Expression) => Tree<L> | undefined,
): Tree<L> | undefined {
  const { operator, span } = node;
  const left = inner(node.left);
  if (operator === "in") {
    const operands = node.right.kind === "List" ? node.right.items.map(inner) : [inner(node.right)];
    const values = operands.filter((value) => value !== undefined);
    if (left === undefined || values.length !== operands.length) return undefined;
    // `"sale" in tags`: the list is on the right.
    const [list] = values;
    return node.right.kind === "List" || list === undefined
      ? { kind: "member", type: "bool", operand: left, values, span }
      : { kind: "member", type: "bool", operand: list, values: [left], span };
  }
  const right = inner(node.right);
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "and":
    case "or":
      return { kind: "logic", type: "bool", operator, left, right, span };
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return { kind: "comparison", type: "bool", operator, left, right, span };
    default: {
      const { kind } = typeOf(context, node);
      const type = kind === "time" || kind === "duration" ? kind : "number";
      return { kind: "arithmetic", type, operator, left, right, ...rangeOf(context, node), span };
    }
  }
}

function resolveCall<L>(
  { context }: Resolving<L>,
  node: ast.CallExpression,
  inner: (child: ast.Expression) => Tree<L> | undefined,
): Tree<L> | undefined {
  const { text: name } = node.callee;
  const { span } = node;
  const range = rangeOf(context, node);
  const placed = argumentsInOrder(formulaParameterNames(name) ?? [], node.arguments);
  if (placed === undefined) return undefined;
  if (name === "piecewise") {
    const [first, knots, values] = placed.map(({ value }) => value);
    const operand = first === undefined ? undefined : inner(first);
    if (operand === undefined || knots === undefined || values === undefined) return undefined;
    return {
      kind: "piecewise",
      type: "number",
      operand,
      knots: constants(knots),
      values: constants(values),
      ...range,
      span,
    };
  }
  const operands = placed.map(({ value }) => inner(value));
  const args = operands.filter((value) => value !== undefined);
  if (args.length !== operands.length) return undefined;
  const [operand] = args;
  if (isListFunction(name) && operand !== undefined)
    return { kind: "list", type: "number", function: name, operand, ...range, span };
  if (!isFormulaFunction(name)) return undefined;
  return {
    kind: "call",
    type: formulaTypeOf(typeOf(context, node)) ?? "number",
    function: name,
    arguments: args,
    ...range,
    span,
  };
}

function constants(node: ast.Expression): readonly number[] {
  return node.kind === "List"
    ? node.items.map(constantOf).flatMap((item) => (item.kind === "value" ? [item.value] : []))
    : [];
}

function isListFunction(name: string): name is ListFunctionName {
  return (listFunctionNames as readonly string[]).includes(name);
}

function isFormulaFunction(name: string): name is FormulaFunctionName {
  return (formulaFunctionNames as readonly string[]).includes(name);
}

/** The `range` of a number's node, to be spread into it. */
function rangeOf(context: CheckContext, node: ast.Expression): { readonly range?: FormulaRange } {
  const type = typeOf(context, node);
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

/** What resolving needs to know besides the tree. */
export interface FormulaNames {
  readonly context: CheckContext;
  /** Chains over signals: no network computes them, so that they are formulas of their own. */
  readonly externalChains: ReadonlySet<string>;
}

/** The tree of a formula or condition of which nothing was reported. */
export function resolveFormula(names: FormulaNames, expression: ast.Expression): FormulaExpression | undefined {
  return resolveTree<FormulaLeaf>(names.context, { name: (node) => resolveLeaf(names, node) }, expression);
}

/** What a name stands for; `typed` is the node that the checker gave its type, where that is another. */
export function resolveLeaf(
  { context, externalChains }: FormulaNames,
  node: ast.NameExpression,
  typed: ast.Expression = node,
): FormulaLeaf | undefined {
  const { name, span } = node;
  const type = formulaTypeOf(typeOf(context, typed));
  if (type === undefined) return undefined;
  const symbol = context.references.get(name);
  const range = rangeOf(context, typed);
  switch (symbol?.kind) {
    case "param":
      return { kind: "param", type: "number", name: symbol.name, ...range, span };
    case "fusion":
      return { kind: "fusion", type: "number", name: symbol.name, ...range, span };
    case "chain":
      return externalChains.has(symbol.name)
        ? { kind: "fusion", type: "number", name: symbol.name, ...range, span }
        : { kind: "input", type, name: symbol.name, ...range, span };
    default:
      return { kind: "input", type, name: name.text, ...range, span };
  }
}
