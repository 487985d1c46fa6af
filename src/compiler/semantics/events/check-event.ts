import type { EventLiteral, EventModel, HeadType } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { everything, joinEvents, normalizeEvent, sameEvent, showEvent } from "./events.js";
import { resolveName } from "../names/resolve.js";

/** The head type that a type of the tree says; undefined when it says none, which is then reported. */
export function checkHeadType(context: CheckContext, node: ast.Type): HeadType | undefined {
  switch (node.kind) {
    case "MissingType":
      return undefined;
    case "ScoreType":
      return { kind: "score" };
    case "ProbabilityType":
      return checkProbability(context, node);
    case "ExpectationType":
      return checkExpectation(context, node);
    case "NumberType":
    case "VectorType":
    case "SimpleType":
      context.reporter.report(
        "MTL3010",
        { found: node.kind === "NumberType" ? "number" : node.kind === "VectorType" ? "vector" : node.base },
        node.span,
      );
      return undefined;
  }
}

function checkProbability(context: CheckContext, node: ast.ProbabilityType): HeadType | undefined {
  const given = node.given === undefined ? everything : checkEvent(context, node.given);
  const own = checkEvent(context, node.event);
  if (given === undefined || own === undefined) return undefined;
  const event = joinEvents(own, given, context.within);
  if (event.kind === "impossible") {
    context.reporter.report("MTL4006", { label: event.label }, node.span);
    return undefined;
  }
  if (sameEvent(event.event, given)) {
    const { within } = context;
    context.reporter.report("MTL4007", { event: showEvent(own, within), given: showEvent(given, within) }, node.span);
    return undefined;
  }
  return { kind: "probability", event: event.event, given };
}

function checkExpectation(context: CheckContext, node: ast.ExpectationType): HeadType | undefined {
  const given = node.given === undefined ? everything : checkEvent(context, node.given);
  const symbol = resolveName(context, node.label, { kinds: ["label", "event"], what: "a label" });
  if (given === undefined || symbol === undefined) return undefined;
  const info = context.labels.get(symbol.name);
  if (info?.base === "event") {
    context.reporter.report("MTL4002", { label: symbol.name }, node.label.span, {
      labels: [{ span: symbol.at.span, message: "an event, declared here" }],
      help: `write \`P(${symbol.name}${node.given === undefined ? "" : ` | ${showEvent(given, context.within)}`})\``,
    });
    return undefined;
  }
  return {
    kind: "expectation",
    label: symbol.name,
    ...(info?.unit === undefined ? {} : { unit: info.unit }),
    given,
  };
}

/** A conjunction of labels in normal form; undefined when something is wrong, which is then reported. */
function checkEvent(context: CheckContext, node: ast.EventExpression): EventModel | undefined {
  const literals = literalsOf(context, node);
  if (literals === undefined) return undefined;
  const event = normalizeEvent(literals, context.within);
  if (event.kind === "event") return event.event;
  context.reporter.report("MTL4006", { label: event.label }, node.span);
  return undefined;
}

function literalsOf(context: CheckContext, node: ast.EventExpression): readonly EventLiteral[] | undefined {
  switch (node.kind) {
    case "EventMissing":
      return undefined;
    case "EventName": {
      const symbol = resolveName(context, node.name, { kinds: ["label", "event"], what: "a label" });
      if (symbol === undefined) return undefined;
      if (context.labels.get(symbol.name)?.base !== "amount") return [{ kind: "label", label: symbol.name }];
      context.reporter.report("MTL4001", { label: symbol.name }, node.span, {
        labels: [{ span: symbol.at.span, message: "an amount, declared here" }],
        help: `an expected amount is written \`E(${symbol.name})\``,
      });
      return undefined;
    }
    case "EventAnd": {
      const left = literalsOf(context, node.left);
      const right = literalsOf(context, node.right);
      return left === undefined || right === undefined ? undefined : [...left, ...right];
    }
    case "EventNot": {
      const inner = literalsOf(context, node.operand);
      if (inner === undefined) return undefined;
      const [only] = inner;
      if (inner.length === 1 && only?.kind === "not")
        return only.labels.map((label): EventLiteral => ({ kind: "label", label }));
      const labels = inner.flatMap((literal) => (literal.kind === "label" ? [literal.label] : []));
      if (labels.length === inner.length) return [{ kind: "not", labels }];
      context.reporter.report("MTL4008", undefined, node.span);
      return undefined;
    }
  }
}
