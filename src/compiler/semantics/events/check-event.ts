import { className, type EventLiteral, type EventModel, type HeadType } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { everything, joinEvents, normalizeEvent, sameEvent, showEvent } from "./events.js";
import { resolveName } from "../names/resolve.js";
import { suggestedBy } from "../names/suggestion.js";

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
  if (isClasses(context, node.event)) return checkClasses(context, node, node.event.name, given);
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

type EventName = Extract<ast.EventExpression, { kind: "EventName" }>;

/** Whether it is the label of `P(category)`, which has classes. */
function isClasses(context: CheckContext, event: ast.EventExpression): event is EventName {
  if (event.kind !== "EventName" || event.member !== undefined) return false;
  return context.labels.get(event.name.text)?.base === "classes";
}

/** Each row of the condition has one of the classes, which add up to 1. */
function checkClasses(
  context: CheckContext,
  node: ast.ProbabilityType,
  name: ast.Name,
  given: EventModel | undefined,
): HeadType | undefined {
  const { within } = context;
  const label = resolveName(context, name, { kinds: ["label", "event"], what: "a label" })?.name;
  // Those of a label may be wrong, which is reported.
  const classes = label === undefined ? undefined : context.labels.get(label)?.classes;
  if (label === undefined || classes === undefined || given === undefined) return undefined;
  const known = new Set(given.flatMap((literal) => (literal.kind === "label" ? [literal.label] : [])));
  const outer = within(label).find((each) => !known.has(each));
  if (outer === undefined) return { kind: "classes", label, classes, given };
  const condition = [...new Set([...(given.length === 0 ? [] : [showEvent(given, within)]), outer])].join(" & ");
  context.reporter.report("MTL4044", { label, outer }, node.span, { help: `write \`P(${label} | ${condition})\`` });
  return undefined;
}

/** `category.sport` as the name of its event; undefined when there is no such class, which is then reported. */
export function checkClass(context: CheckContext, label: string, member: ast.Name): string | undefined {
  const info = context.labels.get(label);
  const known = info?.classes ?? [];
  const isWrong = info?.base === "classes" && info.classes === undefined;
  if (member.text === "" || isWrong || info?.base === "any") return undefined;
  if (known.includes(member.text)) return className(label, member.text);
  const { suggestion, details } = suggestedBy(member, known);
  context.reporter.report("MTL4043", { label, name: member.text, known, suggestion }, member.span, details);
  return undefined;
}

function checkExpectation(context: CheckContext, node: ast.ExpectationType): HeadType | undefined {
  const given = node.given === undefined ? everything : checkEvent(context, node.given);
  const symbol = resolveName(context, node.label, { kinds: ["label", "event"], what: "a label" });
  if (given === undefined || symbol === undefined) return undefined;
  const info = context.labels.get(symbol.name);
  if (info?.base === "classes") {
    context.reporter.report("MTL4042", { label: symbol.name, use: "an amount" }, node.label.span, {
      help: `write \`P(${symbol.name})\``,
    });
    return undefined;
  }
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
      if (node.member !== undefined) {
        const event = checkClass(context, symbol.name, node.member);
        return event === undefined ? undefined : [{ kind: "label", label: event }];
      }
      if (context.labels.get(symbol.name)?.base === "classes") {
        const example = className(symbol.name, context.labels.get(symbol.name)?.classes?.[0] ?? "");
        context.reporter.report("MTL4042", { label: symbol.name, use: "an event" }, node.span, {
          help: `name one of its classes: \`${example}\``,
        });
        return undefined;
      }
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
