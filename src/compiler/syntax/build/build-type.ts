import { joinSpans, omitUndefined, type Span } from "../../text/index.js";
import type * as ast from "../ast.js";
import type * as cst from "../cst.js";
import { buildSum } from "./build-expression.js";
import {
  buildName,
  createSpan,
  endOf,
  first,
  parts,
  real,
  spanOfNode,
  spanOfToken,
  type BuildContext,
} from "./tree-builder.js";

/** A type; a missing one at `at` when there is none. */
export function buildType(context: BuildContext, nodes: readonly cst.TypeCstNode[] | undefined, at: number): ast.Type {
  const node = first(nodes);
  if (node === undefined) return missingType(createSpan(context, at, at));
  const children = parts(node);
  const span = spanOfNode(context, node, at);
  if (first(children.PKeyword) !== undefined) {
    return { kind: "ProbabilityType", event: buildEvent(context, children.event, span.end), ...given(), span };
  }
  if (first(children.EKeyword) !== undefined) {
    return { kind: "ExpectationType", label: buildName(context, children.label, span.end), ...given(), span };
  }
  if (first(children.ScoreKeyword) !== undefined) return { kind: "ScoreType", span };
  const optional = first(children.Question) !== undefined;
  if (first(children.NumberKeyword) !== undefined) {
    const unit = first(children.unit);
    const range = buildRange(context, children.range, span.end);
    return {
      kind: "NumberType",
      ...(unit === undefined ? {} : { unit: buildName(context, [unit], span.end) }),
      ...(range === undefined ? {} : { range }),
      optional,
      span,
    };
  }
  if (first(children.VectorKeyword) !== undefined)
    return { kind: "VectorType", width: buildSum(context, children.width, span.end), optional, span };
  const simple = first(children.simple);
  if (simple !== undefined)
    // The token category admits only these words.
    return { kind: "SimpleType", base: simple.image as ast.SimpleType["base"], optional, span };
  return missingType(span);

  function given(): { readonly given?: ast.EventExpression } {
    if (first(children.Bar) === undefined) return {};
    return { given: buildEvent(context, children.given, span.end) };
  }
}

export function missingType(span: Span): ast.MissingType {
  return { kind: "MissingType", span };
}

/** `in [lo, hi]`, `>= lo`, …; undefined when there is none. */
export function buildRange(
  context: BuildContext,
  nodes: readonly cst.RangeCstNode[] | undefined,
  at: number,
): ast.RangeClause | undefined {
  const node = first(nodes);
  if (node === undefined) return undefined;
  const { low, high, operator, bound } = parts(node);
  const end = endOf(node, at);
  const span = spanOfNode(context, node, at);
  const sign = first(operator)?.image;
  if (sign === undefined) {
    return {
      kind: "Range",
      low: buildSum(context, low, end),
      high: buildSum(context, high, end),
      lowOpen: false,
      highOpen: false,
      span,
    };
  }
  const limit = buildSum(context, bound, end);
  return sign.startsWith(">")
    ? { kind: "Range", low: limit, lowOpen: sign === ">", highOpen: false, span }
    : { kind: "Range", high: limit, lowOpen: false, highOpen: sign === "<", span };
}

function buildEvent(
  context: BuildContext,
  nodes: readonly cst.EventCstNode[] | undefined,
  at: number,
): ast.EventExpression {
  const node = first(nodes);
  const terms = node === undefined ? [] : (parts(node).eventTerm ?? []);
  const [head, ...rest] = terms.map((term) => buildEventTerm(context, term, at));
  return rest.reduce<ast.EventExpression>(
    (left, right) => ({ kind: "EventAnd", left, right, span: joinSpans(left.span, right.span) }),
    head ?? { kind: "EventMissing", span: createSpan(context, at, at) },
  );
}

function buildEventTerm(context: BuildContext, node: cst.EventTermCstNode, at: number): ast.EventExpression {
  const { NotKeyword, Identifier, memberName, event } = parts(node);
  const end = endOf(node, at);
  const token = first(Identifier);
  const name = token === undefined ? undefined : buildName(context, [token], end);
  const dotted = first(memberName);
  const member = dotted === undefined ? undefined : buildName(context, parts(dotted).name, end);
  let result: ast.EventExpression =
    name === undefined
      ? buildEvent(context, event, end)
      : {
          kind: "EventName",
          name,
          ...omitUndefined({ member }),
          span: member === undefined ? name.span : joinSpans(name.span, member.span),
        };
  for (const not of real(NotKeyword).toReversed())
    result = { kind: "EventNot", operand: result, span: joinSpans(spanOfToken(context, not), result.span) };
  return result;
}
