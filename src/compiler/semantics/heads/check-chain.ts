import type { HeadExpression, HeadType } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { checkHeadType } from "../events/check-event.js";
import { constantOf } from "../arguments/constants.js";
import { setType, type CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import {
  complementType,
  divideTypes,
  multiplyTypes,
  sameEvent,
  sameType,
  showEvent,
  showHeadType,
} from "../events/events.js";
import { reportClasses, resolveClass } from "./head-classes.js";
import type { Heads } from "./heads.js";
import { resolveName } from "../names/resolve.js";
import { headKinds } from "../names/symbols.js";

/** What a chain, or a part of one, computes and what that is. */
export interface TypedHeadExpression {
  readonly value: HeadExpression;
  readonly type: HeadType;
  /** Reads a signal, which is not part of the network. */
  readonly external: boolean;
  /** An expectation that may be below 0. */
  readonly signed: boolean;
  readonly span: Span;
}

/** `chain ctcvr: P(buy) = ctr * cvr`; undefined when it is not an event, which is then reported. */
export function checkChain(
  context: CheckContext,
  chain: ast.ChainDeclaration,
  heads: Heads,
): TypedHeadExpression | undefined {
  const stated = chain.type === undefined ? undefined : checkHeadType(context, chain.type);
  const inferred = inferChain(context, chain.value, heads, stated);
  if (inferred === undefined) return undefined;
  setType(context, chain, { kind: "head", type: inferred.type });
  if (chain.type === undefined) return inferred;
  if (stated === undefined) return undefined;
  if (sameType(stated, inferred.type)) return inferred;
  const { within } = context;
  context.reporter.report(
    "MTL4004",
    { chain: chain.name.text, stated: showHeadType(stated, within), inferred: showHeadType(inferred.type, within) },
    chain.type.span,
    {
      labels: [{ span: chain.value.span, message: showHeadType(inferred.type, within) }],
      help: `write \`${showHeadType(inferred.type, within)}\`, or leave the type out`,
    },
  );
  return undefined;
}

function inferChain(
  context: CheckContext,
  node: ast.Expression,
  heads: Heads,
  wanted: HeadType | undefined,
): TypedHeadExpression | undefined {
  const result = inferNode(context, node, heads, wanted);
  if (result !== undefined) setType(context, node, { kind: "head", type: result.type });
  return result;
}

function inferNode(
  context: CheckContext,
  node: ast.Expression,
  heads: Heads,
  wanted: HeadType | undefined,
): TypedHeadExpression | undefined {
  const { span } = node;
  switch (node.kind) {
    case "Missing":
      return undefined;
    case "Parenthesized":
      return inferChain(context, node.inner, heads, wanted);
    case "NameExpression": {
      const symbol = resolveName(context, node.name, { kinds: headKinds, what: "a task or a chain" });
      const head = symbol === undefined ? undefined : heads.get(symbol.name);
      if (symbol === undefined || head?.type === undefined) {
        if (symbol?.kind === "signal" && head !== undefined)
          context.reporter.report("MTL4005", { found: `\`${symbol.name}\`, a plain number,` }, span);
        return undefined;
      }
      if (head.type.kind === "classes") {
        reportClasses(context, symbol.name, head.type, span);
        return undefined;
      }
      return {
        value: { kind: "head", name: symbol.name },
        type: head.type,
        external: head.external,
        signed: head.signed,
        span,
      };
    }
    case "Member": {
      const name = resolveClass(context, node, heads);
      const head = name === undefined ? undefined : heads.get(name);
      if (name === undefined || head?.type === undefined) return undefined;
      return { value: { kind: "head", name }, type: head.type, external: false, signed: false, span };
    }
    case "Binary":
      if (node.operator === "*") return inferProduct(context, node, heads, wanted);
      if (node.operator === "/") return inferQuotient(context, node, heads);
      if (node.operator === "-") return inferComplement(context, node, heads);
      break;
    default:
      break;
  }
  reportNoEvent(context, node);
  return undefined;
}

function reportNoEvent(context: CheckContext, node: ast.Expression): void {
  context.reporter.report("MTL4005", { found: describeValue(node) }, node.span, {
    help: "a formula of plain numbers is a `fusion`; a chain knows `a * b`, `a / b` and `1 - a` over tasks",
  });
}

/** `a * b * c` as one list, parentheses left out. */
function factorsOf(node: ast.Expression): readonly ast.Expression[] {
  if (node.kind === "Parenthesized") {
    const inner = factorsOf(node.inner);
    return inner.length > 1 ? inner : [node];
  }
  return node.kind === "Binary" && node.operator === "*" ? [...factorsOf(node.left), ...factorsOf(node.right)] : [node];
}

function inferProduct(
  context: CheckContext,
  node: ast.BinaryExpression,
  heads: Heads,
  wanted: HeadType | undefined,
): TypedHeadExpression | undefined {
  const factors = factorsOf(node).map((factor) => inferChain(context, factor, heads, undefined));
  const sound = factors.filter((factor) => factor !== undefined);
  if (sound.length < factors.length) return undefined;
  const type = multiplyTypes(
    sound.map((factor) => factor.type),
    context.within,
  );
  if (type === undefined) {
    reportProduct(context, sound, heads, wanted);
    return undefined;
  }
  return {
    value: { kind: "product", factors: sound.map((factor) => factor.value) },
    type,
    external: sound.some((factor) => factor.external),
    signed: sound.some((factor) => factor.signed),
    span: node.span,
  };
}

/** Says which conditional is missing, and which head has it. */
function reportProduct(
  context: CheckContext,
  factors: readonly TypedHeadExpression[],
  heads: Heads,
  wanted: HeadType | undefined,
): void {
  const { within, reporter } = context;
  const [first, ...rest] = factors;
  if (first === undefined) return;
  const show = (type: HeadType): string => showHeadType(type, within);
  const found = findContinuation(context, factors, heads, wanted);
  reporter.report("MTL4003", { form: "product" }, first.span, {
    caption: show(first.type),
    labels: rest.map((factor) => ({ span: factor.span, message: show(factor.type) })),
    notes: noteOf(context, factors, found),
    ...(found === undefined ? {} : { help: `write \`${found.first.name} * ${found.second.name}\`` }),
  });
}

/** Which of two heads the other one continues, or that nothing continues what is there. */
function noteOf(
  { within }: CheckContext,
  factors: readonly TypedHeadExpression[],
  found: Continuation | undefined,
): readonly string[] {
  const show = (type: HeadType): string => showHeadType(type, within);
  const start = factors.find((factor) => factor.type.kind === "probability");
  if (found !== undefined)
    return [
      `\`${found.second.name}\`, ${show(found.second.type)}, continues ${show(found.first.type)}, which is \`${found.first.name}\``,
    ];
  if (start?.type.kind !== "probability") return [];
  const wanted = `P(… | ${showEvent(start.type.event, within)})`;
  return [`${show(start.type)} can be continued by ${wanted}, and no other head is one`];
}

interface NamedHead {
  readonly name: string;
  readonly type: HeadType;
}

/** Two heads of which the second is under the condition that the first one makes. */
interface Continuation {
  readonly first: NamedHead;
  readonly second: NamedHead;
}

/**
 * A factor that is a head, with the head that goes with it: best with a result that was asked for or that the product
 * already holds, then, where the product has an expectation, one that keeps it.
 */
function findContinuation(
  context: CheckContext,
  factors: readonly TypedHeadExpression[],
  heads: Heads,
  wanted: HeadType | undefined,
): Continuation | undefined {
  const goals = [...(wanted === undefined ? [] : [wanted]), ...factors.map((factor) => factor.type)];
  const others = [...heads].flatMap(([name, { type }]) => (type === undefined ? [] : [{ name, type }]));
  const pairs = factors.flatMap(({ value, type }) =>
    value.kind !== "head" ? [] : others.flatMap((other) => joined(context, { name: value.name, type }, other) ?? []),
  );
  const isMean = factors.some(({ type }) => type.kind === "expectation");
  return (
    pairs.find(({ result }) => goals.some((goal) => sameType(goal, result))) ??
    pairs.find(({ result }) => (result.kind === "expectation") === isMean) ??
    pairs[0]
  );
}

/** Two heads in the order in which one continues the other, with their product; undefined where neither does. */
function joined(
  { within }: CheckContext,
  one: NamedHead,
  other: NamedHead,
): (Continuation & { readonly result: HeadType }) | undefined {
  const result = multiplyTypes([one.type, other.type], within);
  if (result === undefined) return undefined;
  const follows = (first: HeadType, second: HeadType): boolean =>
    first.kind === "probability" &&
    second.kind !== "score" &&
    second.kind !== "classes" &&
    sameEvent(second.given, first.event);
  return follows(one.type, other.type) ? { first: one, second: other, result } : { first: other, second: one, result };
}

function inferQuotient(
  context: CheckContext,
  node: ast.BinaryExpression,
  heads: Heads,
): TypedHeadExpression | undefined {
  const numerator = inferChain(context, node.left, heads, undefined);
  const denominator = inferChain(context, node.right, heads, undefined);
  if (numerator === undefined || denominator === undefined) return undefined;
  const type = divideTypes(numerator.type, denominator.type, context.within);
  if (type === undefined) {
    const { within } = context;
    context.reporter.report("MTL4003", { form: "quotient" }, numerator.span, {
      caption: showHeadType(numerator.type, within),
      labels: [{ span: denominator.span, message: showHeadType(denominator.type, within) }],
      notes: ["P(A & B | C) / P(A | C) is P(B | A & C): what is divided lies within what divides, under one condition"],
    });
    return undefined;
  }
  return {
    value: { kind: "quotient", numerator: numerator.value, denominator: denominator.value },
    type,
    external: numerator.external || denominator.external,
    signed: false,
    span: node.span,
  };
}

/** `1 - p`. */
function inferComplement(
  context: CheckContext,
  node: ast.BinaryExpression,
  heads: Heads,
): TypedHeadExpression | undefined {
  const one = constantOf(node.left);
  if (one.kind === "missing") return undefined;
  if (one.kind !== "value" || one.value !== 1) {
    reportNoEvent(context, node);
    return undefined;
  }
  const operand = inferChain(context, node.right, heads, undefined);
  if (operand === undefined) return undefined;
  const type = complementType(operand.type, context.within);
  if (type === undefined) {
    context.reporter.report("MTL4003", { form: "complement" }, node.right.span, {
      caption: showHeadType(operand.type, context.within),
      notes: ["1 - P(A | C) is P(not A | C), where A is a conjunction of labels"],
    });
    return undefined;
  }
  return {
    value: { kind: "complement", operand: operand.value },
    type,
    external: operand.external,
    signed: false,
    span: node.span,
  };
}
