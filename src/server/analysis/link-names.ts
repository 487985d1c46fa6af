/** Names of one declaration that may be missing from the checker's references, linked to what they refer to. */
import { isHeadKind, type SpecSymbol } from "../../compiler/semantics/index.js";
import {
  rowOfKeyword,
  type Declaration,
  type DefDeclaration,
  type EventExpression,
  type FamilyDeclaration,
  type GatesDeclaration,
  type Name,
  type NameSpace,
  type RemoveDeclaration,
  type RulesBlock,
  type TestDeclaration,
  type Type,
} from "../../compiler/syntax/index.js";
import { readsNames, type Slot } from "../language/slots.js";
import { visitSlots } from "../language/tree-slots.js";
import type { NamedThing } from "./thing.js";

/** What linking writes to; a name that has a link already keeps it. */
export interface NameLinks {
  readonly macros: ReadonlyMap<string, DefDeclaration>;
  /** Declares a name that is not a symbol of the checker. */
  readonly declare: (name: Name, kind: NamedThing["kind"]) => void;
  /** Links a name to such a declaration. */
  readonly refer: (name: Name, target: Name, kind: NamedThing["kind"]) => void;
  /** Links a name to the symbol of that name in the first of the name spaces that has one. */
  readonly link: (name: Name, spaces: readonly NameSpace[], fits?: (symbol: SpecSymbol) => boolean) => void;
  readonly family: (name: string) => FamilyDeclaration | GatesDeclaration | undefined;
  readonly rules: (name: string) => readonly RulesBlock[];
  /** Links a name to what a file declares under it. */
  readonly declaredIn: (file: string, name: Name) => void;
  /** The file that a path written here means. */
  readonly resolve: (path: string) => string;
}

export function linkDeclaration(node: Declaration, links: NameLinks): void {
  linkParts(node, links);
  if (node.kind !== "Override") linkExpressions(node, links);
}

function linkParts(node: Declaration, links: NameLinks): void {
  switch (node.kind) {
    case "Import":
      // Of the standard library, blocks are named and not what they declare.
      if (node.from.kind === "Name") return;
      for (const name of node.names ?? []) {
        if (node.from.kind === "String") links.declaredIn(links.resolve(node.from.value), name);
        links.link(name, ["names", "attributes", "labels"]);
      }
      return;
    case "Override":
      return linkDeclaration(node.declaration, links);
    case "Remove":
      return linkRemoval(node, links);
    case "Labels":
      for (const { within } of node.entries) if (within !== undefined) links.link(within, ["labels"]);
      return;
    case "Loss":
    case "Metrics":
      for (const { key, keys } of node.entries) for (const each of keys ?? [key]) links.link(each, ["names"], isHead);
      return;
    case "Task":
    case "Chain":
      if (node.type !== undefined) linkType(node.type, links);
      return;
    case "Signals":
      for (const { type } of node.entries) linkType(type, links);
      return;
    case "Family":
    case "Gates":
      for (const member of node.members) links.declare(member, "member");
      return;
    case "Rules":
      for (const rule of node.rules) if (rule.kind === "Rule") links.declare(rule.name, "rule");
      return;
    case "Rank":
      for (const name of node.rules) links.link(name, ["names"], (symbol) => symbol.kind === "rules");
      return;
    case "Experiment":
      for (const { key, value } of node.entries) {
        if (key.text !== "by" && key.text !== "salt") links.declare(key, "arm");
        if (value.kind === "Call")
          for (const { name } of value.arguments)
            if (name !== undefined) links.link(name, ["names"], (symbol) => symbol.kind === "param");
      }
      return;
    case "Test":
      return linkTest(node, links);
    case "Def":
      for (const { name } of node.parameters) links.declare(name, "macro parameter");
      return;
    default:
      return;
  }
}

function isHead(symbol: SpecSymbol): boolean {
  return isHeadKind(symbol.kind);
}

/** `remove rules home.double11`. */
function linkRemoval({ keyword, path }: RemoveDeclaration, links: NameLinks): void {
  const [name, inner] = path;
  if (name === undefined) return;
  links.link(name, [rowOfKeyword(keyword.text)?.symbol?.space ?? "names"]);
  if (keyword.text !== "rules" || inner === undefined) return;
  for (const block of links.rules(name.text))
    for (const rule of block.rules)
      if (rule.kind === "Rule" && rule.name.text === inner.text) links.refer(inner, rule.name, "rule");
}

function linkType(type: Type, links: NameLinks): void {
  if (type.kind === "ProbabilityType") {
    linkEvent(type.event, links);
    if (type.given !== undefined) linkEvent(type.given, links);
  } else if (type.kind === "ExpectationType") {
    links.link(type.label, ["labels"]);
    if (type.given !== undefined) linkEvent(type.given, links);
  }
}

function linkEvent(event: EventExpression, links: NameLinks): void {
  switch (event.kind) {
    case "EventName":
      return links.link(event.name, ["labels"]);
    case "EventNot":
      return linkEvent(event.operand, links);
    case "EventAnd":
      linkEvent(event.left, links);
      return linkEvent(event.right, links);
    case "EventMissing":
      return;
  }
}

function linkTest(node: TestDeclaration, links: NameLinks): void {
  const candidates = candidatesOf(node);
  for (const step of node.steps) {
    if (step.kind === "TestRequest") for (const { key } of step.fields) links.link(key, ["attributes"]);
    if (step.kind !== "TestCandidate") continue;
    links.declare(step.name, "candidate");
    const like = step.like === undefined ? undefined : candidates.get(step.like.text);
    if (step.like !== undefined && like !== undefined) links.refer(step.like, like, "candidate");
    for (const { key } of step.fields) links.link(key, ["attributes", "names"]);
  }
}

/** The first candidate of each name. */
function candidatesOf(node: TestDeclaration): ReadonlyMap<string, Name> {
  const candidates = new Map<string, Name>();
  for (const step of node.steps)
    if (step.kind === "TestCandidate" && !candidates.has(step.name.text)) candidates.set(step.name.text, step.name);
  return candidates;
}

function linkExpressions(node: Declaration, links: NameLinks): void {
  const parameters = new Map(node.kind === "Def" ? node.parameters.map(({ name }) => [name.text, name] as const) : []);
  const candidates: ReadonlyMap<string, Name> = node.kind === "Test" ? candidatesOf(node) : new Map();
  visitSlots(node, links.macros, (expression, slot, signature) => {
    switch (expression.kind) {
      case "NameExpression": {
        const { name } = expression;
        const parameter = parameters.get(name.text);
        const candidate = candidates.get(name.text);
        if (parameter !== undefined) links.refer(name, parameter, "macro parameter");
        else if (candidate !== undefined) links.refer(name, candidate, "candidate");
        else if (readsNames(slot)) links.link(name, spacesOf(slot), fitsIn(slot));
        return;
      }
      case "NameRange":
        if (readsNames(slot))
          for (const name of [expression.first, expression.last]) links.link(name, spacesOf(slot), fitsIn(slot));
        return;
      case "Member": {
        const owner =
          expression.object.kind === "NameExpression" ? links.family(expression.object.name.text) : undefined;
        const member = owner?.members.find(({ text }) => text === expression.member.text);
        if (member !== undefined) links.refer(expression.member, member, "member");
        return;
      }
      case "Call": {
        const def = signature?.def;
        if (def === undefined) {
          // `score(plain)` in a test.
          if (slot.kind === "formula" && slot.test && signature === undefined) links.link(expression.callee, ["names"]);
          return;
        }
        links.link(expression.callee, ["names"], (symbol) => symbol.kind === "macro");
        for (const { name } of expression.arguments) {
          const target = def.parameters.find((parameter) => parameter.name.text === name?.text);
          if (name !== undefined && target !== undefined) links.refer(name, target.name, "macro parameter");
        }
        return;
      }
      default:
        return;
    }
  });
}

function spacesOf(slot: Slot): readonly NameSpace[] {
  if (slot.kind === "argument" && slot.type.kind === "reference" && slot.type.to === "label") return ["labels"];
  return slot.kind === "formula" || slot.kind === "key" || slot.kind === "request"
    ? ["attributes", "names"]
    : ["names"];
}

/** Names of a wholly other kind are likelier words of something that is not known. */
function fitsIn(slot: Slot): ((symbol: SpecSymbol) => boolean) | undefined {
  if (slot.kind === "chain" || slot.kind === "head") return isHead;
  if (slot.kind !== "argument" || slot.type.kind !== "reference") return undefined;
  const { to } = slot.type;
  return to === "feature" ? (symbol) => symbol.kind === "feature" : to === "head" ? isHead : undefined;
}
