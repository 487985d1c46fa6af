/**
 * The algebra of events: P(A | C) and E(y | C) over conjunctions of labels, closed under `within`. Four rules and no
 * others; what they do not reach is not the probability of an event. Pure: it knows labels by name and reports nothing.
 */
import { compareText } from "../../text/index.js";
import type { EventLiteral, EventModel, HeadType } from "../../model/heads.js";
import { labelOfEvent } from "../../model/index.js";

/** The labels that a label implies, near to far: `buy within click` gives buy → [click]. */
export type Within = (label: string) => readonly string[];

/** An event in its one normal form, or that no row can be in it: `buy & not click`. */
export type NormalEvent =
  { readonly kind: "event"; readonly event: EventModel } | { readonly kind: "impossible"; readonly label: string };

/** The event that holds on every row. */
export const everything: EventModel = [];

/**
 * The conjunction of literals in normal form: closed under `within`; from each negation what is known to hold taken
 * out; negations that follow from others left out; sorted.
 */
export function normalizeEvent(literals: EventModel, within: Within): NormalEvent {
  const labels = new Set<string>();
  for (const literal of literals) {
    if (literal.kind === "label") for (const label of [literal.label, ...within(literal.label)]) labels.add(label);
  }
  // A row has one class of a label.
  const second = secondClass(labels);
  if (second !== undefined) return { kind: "impossible", label: second };
  const negations: (readonly string[])[] = [];
  for (const literal of literals) {
    if (literal.kind !== "not") continue;
    const left = minimalLabels(literal.labels, within).filter((label) => !labels.has(label));
    if (left.length === 0) return { kind: "impossible", label: literal.labels[0] ?? "" };
    negations.push(left);
  }
  // `not click` says more than `not buy`: whoever is outside the larger event is outside the smaller one.
  const sorted = [...labels].sort(compareText).map((label): EventLiteral => ({ kind: "label", label }));
  if (negations.length === 0) return { kind: "event", event: sorted };
  const needed = negations.filter(
    (each, i) =>
      !negations.some(
        (other, j) =>
          i !== j && isSubset(other, closure(each, within)) && !(j > i && isSubset(each, closure(other, within))),
      ),
  );
  const event: EventLiteral[] = [
    ...sorted,
    ...needed
      .toSorted((a, b) => compareText(a.join(), b.join()))
      .map((each): EventLiteral => ({ kind: "not", labels: each })),
  ];
  return { kind: "event", event };
}

/** A class whose label has another class before it. */
function secondClass(labels: ReadonlySet<string>): string | undefined {
  const owners = new Set<string>();
  for (const label of labels) {
    const owner = labelOfEvent(label);
    if (owner === label) continue;
    if (owners.has(owner)) return label;
    owners.add(owner);
  }
  return undefined;
}

/** Both events at once. */
export function joinEvents(a: EventModel, b: EventModel, within: Within): NormalEvent {
  return normalizeEvent([...a, ...b], within);
}

/** Whether two normal forms are the same event. */
export function sameEvent(a: EventModel, b: EventModel): boolean {
  return a.length === b.length && a.every((each, i) => sameLiteral(each, b[i]));
}

function sameLiteral(a: EventLiteral, b: EventLiteral | undefined): boolean {
  if (a.kind === "label") return b?.kind === "label" && a.label === b.label;
  return (
    b?.kind === "not" && a.labels.length === b.labels.length && a.labels.every((label, i) => label === b.labels[i])
  );
}

/** Whether every row of `inner` is a row of `outer`; both in normal form. */
export function contains(outer: EventModel, inner: EventModel, within: Within): boolean {
  const both = joinEvents(outer, inner, within);
  return both.kind === "event" && sameEvent(both.event, inner);
}

export function sameType(a: HeadType, b: HeadType): boolean {
  switch (a.kind) {
    case "probability":
      return b.kind === "probability" && sameEvent(a.event, b.event) && sameEvent(a.given, b.given);
    case "expectation":
      return b.kind === "expectation" && a.label === b.label && sameEvent(a.given, b.given);
    case "classes":
      return b.kind === "classes" && a.label === b.label && sameEvent(a.given, b.given);
    case "score":
      return b.kind === "score";
  }
}

/**
 * The type of a product, whatever the order of its factors; undefined when it has none.
 * P(A|C) · P(B|A&C) = P(A&B|C), of any length; P(A|C) · E(y|A&C) = E(y|C) for a y that is 0 outside A.
 */
export function multiplyTypes(factors: readonly HeadType[], within: Within): HeadType | undefined {
  if (factors.length <= 1) return factors[0];
  for (const [i, first] of factors.entries()) {
    if (first.kind !== "probability") continue;
    const result = continueProduct(
      first,
      factors.filter((_, j) => j !== i),
      within,
    );
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Each step makes the event strictly smaller, so that at most one factor can come next: no search is needed. */
function continueProduct(start: HeadType, rest: readonly HeadType[], within: Within): HeadType | undefined {
  let product = start;
  let left = rest;
  while (left.length > 0) {
    const i = left.findIndex((factor) => multiplyPair(product, factor, within) !== undefined);
    const factor = left[i];
    const next = factor === undefined ? undefined : multiplyPair(product, factor, within);
    if (next === undefined) return undefined;
    product = next;
    left = left.filter((_, j) => j !== i);
  }
  return product;
}

/** P(A|C) times the one factor that continues it. */
function multiplyPair(left: HeadType, right: HeadType, within: Within): HeadType | undefined {
  if (left.kind !== "probability" || right.kind === "score" || right.kind === "classes") return undefined;
  if (!sameEvent(left.event, right.given)) return undefined;
  if (right.kind === "probability") return { kind: "probability", event: right.event, given: left.given };
  const outside = left.event.filter((literal) => !left.given.some((known) => sameEvent([literal], [known])));
  const implied = new Set(within(right.label));
  const isZeroOutside = outside.every((literal) => literal.kind === "label" && implied.has(literal.label));
  return isZeroOutside ? { ...right, given: left.given } : undefined;
}

/** P(A&B|C) / P(A|C) = P(B|A&C); undefined otherwise. */
export function divideTypes(numerator: HeadType, denominator: HeadType, within: Within): HeadType | undefined {
  if (numerator.kind !== "probability" || denominator.kind !== "probability") return undefined;
  if (!sameEvent(numerator.given, denominator.given)) return undefined;
  if (sameEvent(numerator.event, denominator.event)) return undefined;
  if (!contains(denominator.event, numerator.event, within)) return undefined;
  return { kind: "probability", event: numerator.event, given: denominator.event };
}

/** 1 − P(A|C) = P(not A|C); undefined when that is not a conjunction of labels and negated conjunctions. */
export function complementType(type: HeadType, within: Within): HeadType | undefined {
  if (type.kind !== "probability") return undefined;
  const own = type.event.filter((literal) => !type.given.some((known) => sameEvent([literal], [known])));
  const labels = own.filter((literal) => literal.kind === "label").map((literal) => literal.label);
  const negations = own.filter((literal) => literal.kind === "not");
  let opposite: EventModel;
  if (negations.length === 0) opposite = [{ kind: "not", labels: minimalLabels(labels, within) }];
  else if (negations.length === 1 && labels.length === 0)
    opposite = (negations[0]?.labels ?? []).map((label): EventLiteral => ({ kind: "label", label }));
  else return undefined;
  const event = joinEvents(type.given, opposite, within);
  return event.kind === "event" ? { kind: "probability", event: event.event, given: type.given } : undefined;
}

/** The labels of a list that no other of the list implies: what people write. */
function minimalLabels(labels: readonly string[], within: Within): readonly string[] {
  const implied = new Set(labels.flatMap((label) => within(label)));
  return [...new Set(labels)].filter((label) => !implied.has(label)).toSorted(compareText);
}

function closure(labels: readonly string[], within: Within): ReadonlySet<string> {
  return new Set(labels.flatMap((label) => [label, ...within(label)]));
}

function isSubset(part: readonly string[], whole: ReadonlySet<string>): boolean {
  return part.every((label) => whole.has(label));
}

// ---------------------------------------------------------------------------------------------------------- in words

/** `buy`, `click & not buy`, `everything`: as short as `within` allows. */
export function showEvent(event: EventModel, within: Within): string {
  if (event.length === 0) return "everything";
  const labels = event.filter((literal) => literal.kind === "label").map((literal) => literal.label);
  const negations = event.filter((literal) => literal.kind === "not");
  return [
    ...minimalLabels(labels, within),
    ...negations.map(({ labels: each }) => (each.length === 1 ? `not ${each.join("")}` : `not (${each.join(" & ")})`)),
  ].join(" & ");
}

/** `P(buy | click)`, `E(stay)`, `score`. */
export function showHeadType(type: HeadType, within: Within): string {
  switch (type.kind) {
    case "probability": {
      const own = type.event.filter((literal) => !type.given.some((known) => sameEvent([literal], [known])));
      return `P(${showEvent(own, within)}${showCondition(type.given, within)})`;
    }
    case "expectation":
      return `E(${type.label}${showCondition(type.given, within)})`;
    case "classes":
      return `P(${type.label}${showCondition(type.given, within)})`;
    case "score":
      return "score";
  }
}

function showCondition(given: EventModel, within: Within): string {
  return given.length === 0 ? "" : ` | ${showEvent(given, within)}`;
}
