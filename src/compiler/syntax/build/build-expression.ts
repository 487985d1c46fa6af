import type { IToken } from "chevrotain";
import { joinSpans, type Span } from "../../text/index.js";
import type * as ast from "../ast.js";
import type * as cst from "../cst.js";
import { buildNumber, buildDate, buildString } from "./build-literal.js";
import { nameOfText } from "./quoted-name.js";
import {
  buildLists,
  buildName,
  buildNames,
  checkSeparators,
  createSpan,
  docAbove,
  endOf,
  first,
  missingExpression,
  parts,
  real,
  spanOfNode,
  spanOfToken,
  type BuildContext,
} from "./tree-builder.js";

/** An expression; a missing one at `at` when there is none. */
export function buildExpression(
  context: BuildContext,
  nodes: readonly cst.ExpressionCstNode[] | undefined,
  at: number,
): ast.Expression {
  const node = first(nodes);
  if (node === undefined) return missingExpression(context, at);
  const { comparison, operator } = parts(node);
  const operands = (comparison ?? []).map((each) => buildComparison(context, each, at));
  if (operands.length <= 1) return operands[0] ?? missingExpression(context, at);
  // `and` binds tighter than `or`: collect runs of `and`, then join the runs.
  const operators = real(operator);
  let run = operands[0] as ast.Expression;
  let result: { left: ast.Expression; operator: IToken } | undefined;
  for (let i = 1; i < operands.length; i++) {
    const token = operators[i - 1];
    const operand = operands[i];
    if (token === undefined || operand === undefined) break;
    if (token.image === "and") run = binary(context, token, run, operand);
    else {
      result = {
        left: result === undefined ? run : binary(context, result.operator, result.left, run),
        operator: token,
      };
      run = operand;
    }
  }
  return result === undefined ? run : binary(context, result.operator, result.left, run);
}

function buildComparison(context: BuildContext, node: cst.ComparisonCstNode, at: number): ast.Expression {
  const { NotKeyword, sum, operator } = parts(node);
  const end = endOf(node, at);
  let result = buildSum(context, sum, end);
  const operators = real(operator);
  operators.forEach((token, i) => {
    result = binary(context, token, result, buildSum(context, sum?.slice(i + 1), end));
    if (i === 1)
      context.reporter.report("MTL1012", undefined, spanOfToken(context, token), {
        help: "write `a < b and b < c`, or `x in [a, b]` for one of several values",
      });
  });
  for (const not of real(NotKeyword).toReversed()) result = unary(context, not, "not", result);
  return result;
}

/** Arithmetic; a missing expression at `at` when there is none. */
export function buildSum(
  context: BuildContext,
  nodes: readonly cst.SumCstNode[] | undefined,
  at: number,
): ast.Expression {
  const node = first(nodes);
  if (node === undefined) return missingExpression(context, at);
  const { operand, operator } = parts(node);
  const end = endOf(node, at);
  return buildArithmetic(context, operand ?? [], real(operator), end);
}

const precedence: Readonly<Record<string, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 4 };
/** Of the minus before an operand: looser than `^`, tighter than `*`. */
const signPrecedence = 3;

/**
 * Precedence climbing over the flat list `operand (operator operand)*`, where an operand carries its minus signs:
 * `-a^2` is `-(a^2)`, `2^-3` has the sign in the exponent, `^` associates to the right.
 */
function buildArithmetic(
  context: BuildContext,
  operands: readonly cst.OperandCstNode[],
  operators: readonly IToken[],
  at: number,
): ast.Expression {
  let next = 0;

  const signed = (): ast.Expression => {
    const node = operands[next++];
    if (node === undefined) return missingExpression(context, at);
    const signs = real(parts(node).Minus);
    let value = buildOperand(context, node, at);
    if (signs.length > 0) {
      value = climb(value, signPrecedence);
      for (const sign of signs.toReversed()) value = unary(context, sign, "-", value);
    }
    return value;
  };

  /** Extends `left` by the operators that bind tighter than `floor`. */
  const climb = (left: ast.Expression, floor: number): ast.Expression => {
    let result = left;
    for (;;) {
      const token = operators[next - 1];
      const level = token === undefined ? 0 : (precedence[token.image] ?? 0);
      if (token === undefined || level <= floor) return result;
      let right = signed();
      // Right-associative power takes an equal operator on its right, the others do not.
      right = climb(right, token.image === "^" ? level - 1 : level);
      result = binary(context, token, result, right);
    }
  };

  return climb(signed(), 0);
}

function buildOperand(context: BuildContext, node: cst.OperandCstNode, at: number): ast.Expression {
  const children = parts(node);
  const end = endOf(node, at);
  let result = buildPrimary(context, children, end);
  for (const member of children.memberName ?? []) {
    const name = buildName(context, parts(member).name, end);
    result = { kind: "Member", object: result, member: name, span: joinSpans(result.span, name.span) };
  }
  return result;
}

function buildPrimary(
  context: BuildContext,
  children: ReturnType<typeof parts<cst.OperandCstNode>>,
  end: number,
): ast.Expression {
  const search = first(children.search);
  if (search !== undefined) return buildSearch(context, search, end);
  const name = first(children.name);
  if (name !== undefined) return buildCallOrName(context, name, children.callArguments);
  const number = first(children.Number);
  if (number !== undefined) return buildNumber(context, number);
  const text = first(children.String);
  if (text !== undefined) return buildString(context, text);
  const date = first(children.Date);
  if (date !== undefined) return buildDate(context, date);
  const truth = first(children.TrueKeyword) ?? first(children.FalseKeyword);
  if (truth !== undefined) return { kind: "Boolean", value: truth.image === "true", span: spanOfToken(context, truth) };
  const list = first(children.list);
  if (list !== undefined) return buildList(context, list, end);
  const record = first(children.record);
  if (record !== undefined)
    return { kind: "Record", entries: buildRecordEntries(context, record), span: spanOfNode(context, record, end) };
  const open = first(children.LParen);
  if (open !== undefined) {
    const inner = buildExpression(context, children.expression, open.startOffset + 1);
    const close = first(children.RParen);
    const until = close === undefined ? inner.span.end : close.startOffset + 1;
    return { kind: "Parenthesized", inner, span: createSpan(context, open.startOffset, until) };
  }
  return missingExpression(context, end);
}

/** `search [16, 32, 64] = 32`, `search 1e-4..1e-2 log`. */
function buildSearch(context: BuildContext, node: cst.SearchCstNode, at: number): ast.Expression {
  const { choices, low, high, scale, default: standing } = parts(node);
  const list = first(choices);
  const span = spanOfNode(context, node, at);
  const value = first(standing);
  const chosen = value === undefined ? {} : { default: buildArithmetic(context, [value], [], endOf(node, at)) };
  if (list !== undefined) return { kind: "Search", space: buildList(context, list, at), ...chosen, span };
  const [from, to] = [buildBound(context, first(low), at), buildBound(context, first(high), at)];
  const until = first(scale);
  const end = until === undefined ? to.span : spanOfToken(context, until);
  const space: ast.SearchRange = {
    kind: "SearchRange",
    low: from,
    high: to,
    log: until !== undefined,
    span: joinSpans(from.span, end),
  };
  return { kind: "Search", space, ...chosen, span };
}

function buildBound(context: BuildContext, node: cst.SearchBoundCstNode | undefined, at: number): ast.Expression {
  if (node === undefined) return missingExpression(context, at);
  const { Minus, Number } = parts(node);
  const [number, sign] = [first(Number), first(Minus)];
  const value = number === undefined ? missingExpression(context, endOf(node, at)) : buildNumber(context, number);
  return sign === undefined ? value : unary(context, sign, "-", value);
}

/** `name` or `name(…)`. */
export function buildCallOrName(
  context: BuildContext,
  nameToken: IToken,
  calls: readonly cst.CallArgumentsCstNode[] | undefined,
): ast.CallExpression | ast.NameExpression {
  const name = buildName(context, [nameToken], nameToken.startOffset);
  const call = first(calls);
  if (call === undefined) return { kind: "NameExpression", name, span: name.span };
  const { argument, Comma } = parts(call);
  const written = (argument ?? []).map((each) => buildArgument(context, each, endOf(call, name.span.end)));
  const list = withoutGates(
    context,
    written,
    ({ value }) => value,
    (span): ast.Argument => ({
      kind: "Argument",
      value: { kind: "Missing", span },
      span,
    }),
  );
  checkSeparators(context, list, Comma, {
    items: "arguments",
    newline: false,
    help: "a named argument is written `name: value`",
  });
  return {
    kind: "Call",
    callee: name,
    arguments: list,
    span: joinSpans(name.span, spanOfNode(context, call, name.span.end)),
  };
}

/** A gate is a declaration: `softmax(x) over pool` among arguments or elements is reported once, and left out. */
function withoutGates<T extends ast.Node>(
  context: BuildContext,
  items: readonly T[],
  valueOf: (item: T) => ast.Expression,
  missing: (span: ast.Node["span"]) => T,
): readonly T[] {
  const at = items.findIndex((item, i) => {
    const [value, next] = [valueOf(item), items[i + 1]];
    const word = next === undefined ? undefined : valueOf(next);
    if (value.kind !== "Call" || word?.kind !== "NameExpression" || word.name.text !== "over") return false;
    return !context.source.text.slice(value.span.end, word.span.start).includes(",");
  });
  const [gate, word, pool] = items.slice(at);
  if (at < 0 || gate === undefined || word === undefined) return items;
  const { start, end } = { start: gate.span.start, end: pool?.span.end ?? word.span.end };
  const written = context.source.text.slice(start, end);
  context.reporter.report(
    "MTL3058",
    undefined,
    { ...word.span, start, end },
    {
      help: `declare it, \`gate g = ${written.length > 60 ? "softmax(x) over pool" : written}\`, and read \`g\` here`,
    },
  );
  return [...items.slice(0, at), missing({ ...gate.span, end }), ...items.slice(at + (pool === undefined ? 2 : 3))];
}

function buildArgument(context: BuildContext, node: cst.ArgumentCstNode, at: number): ast.Argument {
  const { Identifier, item } = parts(node);
  const end = endOf(node, at);
  const name = first(Identifier);
  return {
    kind: "Argument",
    ...(name === undefined ? {} : { name: buildName(context, [name], end) }),
    value: buildItem(context, first(item), end),
    span: spanOfNode(context, node, at),
  };
}

/** `[a, b]`. */
export function buildList(context: BuildContext, node: cst.ListCstNode, at: number): ast.ListExpression {
  const { item, Comma } = parts(node);
  const written = (item ?? []).map((each) => buildItem(context, each, endOf(each, at)));
  const items = withoutGates(
    context,
    written,
    (value) => value,
    (span): ast.Expression => ({ kind: "Missing", span }),
  );
  checkSeparators(context, items, Comma, { items: "elements of a list", newline: false });
  return { kind: "List", items, span: spanOfNode(context, node, at) };
}

/** An expression, a range of names or names without some; a missing one at `at` when there is none. */
export function buildItem(context: BuildContext, node: cst.ItemCstNode | undefined, at: number): ast.Expression {
  if (node === undefined) return missingExpression(context, at);
  const { EachKeyword, expression, last, without } = parts(node);
  const each = first(EachKeyword);
  if (each === undefined) return buildSeveral(context, { expression, last, without }, at);
  const value = buildSeveral(context, { expression, last, without }, at);
  return { kind: "Each", value, span: joinSpans(spanOfToken(context, each), value.span) };
}

function buildSeveral(
  context: BuildContext,
  { expression, last, without }: ReturnType<typeof parts<cst.ItemCstNode>>,
  at: number,
): ast.Expression {
  let value = buildExpression(context, expression, at);
  if (first(last) !== undefined) value = rangeOf(context, value, buildExpression(context, last, at));
  if (first(without) === undefined) return value;
  const rest = buildExpression(context, without, at);
  return { kind: "But", base: value, without: rest, span: joinSpans(value.span, rest.span) };
}

/** `n_1 .. n_63`. */
function rangeOf(context: BuildContext, from: ast.Expression, to: ast.Expression): ast.Expression {
  const span = joinSpans(from.span, to.span);
  const [start, end] = [nameOf(from), nameOf(to)];
  if (start !== undefined && end !== undefined) return { kind: "NameRange", first: start, last: end, span };
  if (from.kind !== "Missing" && to.kind !== "Missing")
    context.reporter.report("MTL2030", { problem: "a range is between two names" }, span);
  return { kind: "Missing", span };
}

function nameOf(expression: ast.Expression): ast.Name | undefined {
  if (expression.kind === "NameExpression") return expression.name;
  return expression.kind === "String" ? nameOfText(expression) : undefined;
}

/** The entries of `{ key: value }`. */
export function buildRecordEntries(context: BuildContext, node: cst.RecordCstNode): readonly ast.Entry[] {
  return buildEntries(context, parts(node).entries);
}

/** `key: expression` entries. Several lists when recovery parsed them apart. */
export function buildEntries(
  context: BuildContext,
  lists: readonly cst.EntriesCstNode[] | undefined,
): readonly ast.Entry[] {
  return buildLists(context, lists, (inner, list) => {
    const { entry, Comma } = parts(list);
    const entries = (entry ?? []).map((each) => buildEntry(inner, each));
    checkSeparators(inner, entries, Comma, { items: "entries", newline: true });
    return entries;
  });
}

function buildEntry(context: BuildContext, node: cst.EntryCstNode): ast.Entry {
  const { Identifier, members, expression } = parts(node);
  const span = spanOfNode(context, node, 0);
  const list = first(members);
  const keys = list === undefined ? undefined : buildMembers(context, list);
  return {
    kind: "Entry",
    key: keys?.[0] ?? buildName(context, Identifier, span.start),
    ...(keys === undefined ? {} : { keys }),
    value: buildExpression(context, expression, span.end),
    ...docAbove(context, span.start),
    span,
  };
}

function binary(context: BuildContext, token: IToken, left: ast.Expression, right: ast.Expression): ast.Expression {
  return {
    kind: "Binary",
    // The token categories admit only these images.
    operator: token.image as ast.BinaryOperator,
    operatorSpan: spanOfToken(context, token),
    left,
    right,
    span: joinSpans(left.span, right.span),
  };
}

function unary(context: BuildContext, token: IToken, operator: "-" | "not", operand: ast.Expression): ast.Expression {
  const start: Span = spanOfToken(context, token);
  return { kind: "Unary", operator, operand, span: joinSpans(start, operand.span) };
}

/** `[click, like]`. */
export function buildMembers(context: BuildContext, node: cst.MembersCstNode | undefined): readonly ast.Name[] {
  if (node === undefined) return [];
  const { Identifier, Comma } = parts(node);
  const list = buildNames(context, Identifier);
  checkSeparators(context, list, Comma, { items: "names", newline: false });
  return list;
}
