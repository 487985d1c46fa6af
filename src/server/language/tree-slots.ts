/** The slot of every expression of a tree, from the declaration down. */
import {
  onceByNode,
  rowOf,
  type Argument,
  type CallExpression,
  type Declaration,
  type Entry,
  type Expression,
  type RuleClause,
} from "../../compiler/syntax/index.js";
import { ruleVerbs, type RuleVerb } from "../../compiler/rules/index.js";
import { countsByRequest } from "../../compiler/semantics/index.js";
import { own } from "../../compiler/text/index.js";
import { signatureOf, slotOfArgument, type Macros, type Signature } from "./signatures.js";
import { anySlot, argumentSlot, entrySlot, itemSlot, numberSlot, valueSlot, type Slot } from "./slots.js";

/** What is told of an expression: its slot and, of a call, what is called. */
export type SlotVisitor = (expression: Expression, slot: Slot, signature: Signature | undefined) => void;

/** Calls `enter` on every expression of a declaration, outer ones first. */
export function visitSlots(node: Declaration, macros: Macros, enter: SlotVisitor): void {
  const { visits, callees } = visitsWithoutMacros(node);
  if (macros.size === 0 || !callees.some((name) => macros.has(name)))
    for (const [expression, slot, signature] of visits) enter(expression, slot, signature);
  else walkSlots(node, macros, enter);
}

/** What is told of a declaration that calls no macro: this it has by itself. */
const visitsWithoutMacros = onceByNode((node: Declaration) => {
  const visits: (readonly [Expression, Slot, Signature | undefined])[] = [];
  const callees = new Set<string>();
  walkSlots(node, new Map(), (expression, slot, signature) => {
    visits.push([expression, slot, signature]);
    if (expression.kind === "Call") callees.add(expression.callee.text);
  });
  return { visits, callees: [...callees] };
});

function walkSlots(node: Declaration, macros: Macros, enter: SlotVisitor): void {
  const walk = (expression: Expression | undefined, slot: Slot): void => {
    if (expression !== undefined) visitExpression(expression, slot, macros, enter);
  };
  const walkEntries = (block: string, entries: readonly Entry[]): void => {
    for (const { key, value } of entries) walk(value, entrySlot(block, key.text));
  };
  const keyword = rowOf(node)?.keyword ?? "";
  switch (node.kind) {
    case "Data":
    case "Loss":
    case "Train":
    case "Metrics":
    case "Defaults":
    case "Experiment":
      return walkEntries(keyword, node.entries);
    case "Features":
      for (const { type, source } of node.entries) {
        if (type.kind !== "Missing") walk(type, { kind: "featureType" });
        walk(source, { kind: "columns" });
      }
      return;
    case "Labels":
      for (const { source } of node.entries) walk(source, { kind: "columns" });
      return;
    case "Params":
      for (const { value } of node.entries) walk(value, numberSlot);
      return;
    case "Experts":
      walk(node.count, numberSlot);
      return walk(node.value, valueSlot(keyword));
    case "Gate":
    case "Gates":
      walk(node.value, valueSlot(keyword));
      return walk(node.over, { kind: "mixed" });
    case "Rules":
      for (const rule of node.rules)
        if (rule.kind === "Rule") for (const clause of rule.clauses) visitClause(rule.verb, clause, walk);
      return;
    case "Rank":
      for (const source of node.sources) {
        walk(source.count, numberSlot);
        walk(source.by, valueSlot(keyword));
      }
      for (const stage of node.stages) {
        walk(stage.count, numberSlot);
        walk(stage.by, valueSlot(keyword));
      }
      for (const key of node.ties) walk(key.by, valueSlot(keyword));
      return;
    case "Test":
      for (const step of node.steps) {
        if (step.kind === "TestExpect") walk(step.condition, { kind: "formula", test: true });
        else if (step.kind === "TestCandidate" || step.kind === "TestRequest")
          for (const { value } of step.fields) walk(value, anySlot);
      }
      return;
    case "Def":
      for (const parameter of node.parameters) walk(parameter.default, anySlot);
      return walk(node.value, valueSlot(keyword));
    case "Override":
      if (node.declaration.kind !== "MissingDeclaration") walkSlots(node.declaration, macros, enter);
      return;
    default:
      if ("value" in node) walk(node.value, valueSlot(keyword));
  }
}

function visitClause(
  verb: RuleVerb,
  clause: RuleClause,
  walk: (expression: Expression | undefined, slot: Slot) => void,
): void {
  switch (clause.kind) {
    case "WhenClause":
      return walk(clause.condition, { kind: "formula", test: false });
    case "ByClause":
      return walk(clause.amount, numberSlot);
    case "DuringClause":
      walk(clause.from, anySlot);
      return walk(clause.to, anySlot);
    case "BoundClause":
    case "TopClause":
      return walk(clause.count, countsByRequest(verb, clause) ? { kind: "count" } : numberSlot);
    case "OfClause":
      return walk(clause.key, { kind: "key" });
    case "WindowClause":
      return walk(clause.size, { kind: "count" });
    case "AtClause":
      return walk(clause.place, numberSlot);
    case "OptionClause":
      return walk(clause.value, optionSlot(verb, clause.key.text));
    case "PerClause":
      return;
  }
}

/** The value of `key: value` on a rule. */
function optionSlot(verb: RuleVerb, key: string): Slot {
  const option = own(ruleVerbs[verb].options, key);
  if (option === undefined) return anySlot;
  return option.type.kind === "expression" ? { kind: "formula", test: false } : argumentSlot(option.type);
}

function visitExpression(expression: Expression, slot: Slot, macros: Macros, enter: SlotVisitor): void {
  const walk = (inner: Expression, innerSlot: Slot): void => visitExpression(inner, innerSlot, macros, enter);
  switch (expression.kind) {
    case "Call": {
      const signature = signatureOf(slot, expression.callee.text, macros) ?? fallback(slot, expression, macros);
      enter(expression, slot, signature);
      for (const { argument, slot: inner } of argumentSlots(expression, signature)) walk(argument.value, inner);
      return;
    }
    case "List":
      enter(expression, slot, undefined);
      for (const item of expression.items) walk(item, itemSlot(slot));
      return;
    case "Record":
      enter(expression, slot, undefined);
      for (const { value } of expression.entries) walk(value, anySlot);
      return;
    case "Unary":
      enter(expression, slot, undefined);
      return walk(expression.operand, slot);
    case "Binary":
      enter(expression, slot, undefined);
      walk(expression.left, slot);
      return walk(expression.right, slot);
    case "Parenthesized":
      enter(expression, slot, undefined);
      return walk(expression.inner, slot);
    case "Member":
      enter(expression, slot, undefined);
      return walk(expression.object, slot);
    case "Each":
      enter(expression, slot, undefined);
      return walk(expression.value, slot);
    case "Search":
      enter(expression, slot, undefined);
      if (expression.space.kind === "List") for (const item of expression.space.items) walk(item, slot);
      if (expression.default !== undefined) walk(expression.default, slot);
      return;
    case "But":
      enter(expression, slot, undefined);
      walk(expression.base, slot);
      return walk(expression.without, slot);
    default:
      enter(expression, slot, undefined);
  }
}

/** A task reads tensors too, and a logit may be a layer of width 1. */
function fallback(slot: Slot, call: CallExpression, macros: Macros): Signature | undefined {
  return slot.kind === "task" || slot.kind === "logit"
    ? signatureOf({ kind: "tensor" }, call.callee.text, macros)
    : undefined;
}

/** The slot of each argument of a call. */
export function argumentSlots(
  call: CallExpression,
  signature: Signature | undefined,
): readonly { readonly argument: Argument; readonly slot: Slot; readonly index: number }[] {
  const named = call.arguments.flatMap(({ name }) => (name === undefined ? [] : [name.text]));
  let next = 0;
  return call.arguments.map((argument) => {
    const at = argument.name === undefined ? next++ : next;
    return { argument, slot: slotOfArgument(signature, { name: argument.name?.text, index: at, named }), index: at };
  });
}
