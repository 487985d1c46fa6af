import { MarkupKind, type Hover } from "vscode-languageserver";
import { findRuleVerb, ruleVerbs } from "../../compiler/rules/index.js";
import { dataKeys, describeKind, trainKeys, type BlockKey } from "../../compiler/semantics/index.js";
import {
  rowOfKeyword,
  tokenize,
  type AnyNode,
  type CallExpression,
  type Declaration,
} from "../../compiler/syntax/index.js";
import type { Span } from "../../compiler/text/index.js";
import { macrosOf, nodesAt, stdBlockAt, typeOf, type Analysis } from "../analysis/analysis.js";
import type { NamedThing } from "../analysis/thing.js";
import { namesOf, thingWord, withoutOverride } from "../analysis/names.js";
import { wordDocs } from "../language/docs.js";
import { codeBlock, docOf, fileName, shortType, textAt, typeOfThing } from "../language/show.js";
import { parameterOf, showSignature, signatureOf, type ParameterView, type Signature } from "../language/signatures.js";
import { anySlot, type Slot } from "../language/slots.js";
import { argumentSlots, visitSlots } from "../language/tree-slots.js";
import { toRange } from "../positions.js";

/** What there is to say about the word at an offset. */
interface Words {
  readonly span: Span;
  /** Paragraphs of Markdown. */
  readonly parts: readonly string[];
}

/** Type, shape, event, parameters with their values, defaults and doc comment of what is at an offset. */
export function hoverAt(analysis: Analysis, offset: number): Hover | undefined {
  const found = wordsAt(analysis, offset);
  if (found === undefined) return undefined;
  return {
    contents: { kind: MarkupKind.Markdown, value: found.parts.filter((part) => part !== "").join("\n\n") },
    range: toRange(analysis.source, found.span),
  };
}

function wordsAt(analysis: Analysis, offset: number): Words | undefined {
  const nodes = nodesAt(analysis, offset);
  const occurrence = namesOf(analysis.compilation).at(analysis.path, offset);
  if (occurrence !== undefined)
    return { span: occurrence.span, parts: [...describeThing(analysis, occurrence.thing), callNote(analysis, nodes)] };
  return (
    describeBlock(analysis, nodes) ??
    describeName(analysis, nodes) ??
    describeWord(analysis, nodes, offset) ??
    describeExpression(analysis, nodes)
  );
}

// ------------------------------------------------------------------------------------------------- names of the spec

function describeThing(analysis: Analysis, thing: NamedThing): readonly string[] {
  const { symbol } = thing;
  const elsewhere = thing.at.file === analysis.path ? "" : `declared in \`${fileName(thing.at.file)}\``;
  if (symbol === undefined || symbol.kind === "event")
    return [`${thingWord(thing.kind)} \`${thing.name}\``, symbol === undefined ? "" : "named by a signal", elsewhere];
  const { declaration } = symbol;
  const type = typeOfThing(analysis, thing);
  const isWhole = !declaration.kind.endsWith("Candidate") && "name" in declaration;
  return [
    codeBlock(isWhole ? `${entryWord(symbol.kind)}${textAt(analysis, declaration.span)}` : thing.name),
    type === undefined
      ? `*${describeKind(symbol.kind)}*`
      : `*${describeKind(symbol.kind)}*: \`${shortType(type, analysis)}\``,
    docOf(declaration) ?? "",
    defaultsOf(analysis, declaration),
    elsewhere,
  ];
}

/** Entries of blocks do not say what they are. */
function entryWord(kind: NamedThing["kind"]): string {
  switch (kind) {
    case "feature":
    case "label":
    case "attribute":
    case "request":
    case "signal":
    case "param":
      return `${kind} `;
    default:
      return "";
  }
}

/** What the calls of a declaration leave to their defaults, those left out that few give. */
function defaultsOf(analysis: Analysis, declaration: AnyNode): string {
  const lines: string[] = [];
  forEachCall(analysis, declaration, (call, signature) => {
    const open = openParameters(call, signature).filter(
      ({ default: value, elided }) => value !== undefined && value !== "" && elided !== true,
    );
    if (open.length > 0)
      lines.push(
        `\`${signature.name}\` by default: ${open.map(({ name, default: value }) => `\`${name}: ${value ?? ""}\``).join(", ")}`,
      );
  });
  return lines.join("\n\n");
}

function forEachCall(
  analysis: Analysis,
  declaration: AnyNode,
  enter: (call: CallExpression, signature: Signature) => void,
): void {
  const owner = analysis.compilation.files
    .get(declaration.span.file)
    ?.declarations.find(({ span }) => span.start <= declaration.span.start && declaration.span.end <= span.end);
  if (owner === undefined) return;
  visitSlots(owner, macrosOf(analysis.tables), (expression, _slot, signature) => {
    const { start, end } = expression.span;
    if (
      expression.kind === "Call" &&
      signature !== undefined &&
      start >= declaration.span.start &&
      end <= declaration.span.end
    )
      enter(expression, signature);
  });
}

/** Parameters that a call does not give. */
function openParameters(call: CallExpression, signature: Signature): readonly ParameterView[] {
  const given = new Set(argumentParameters(call, signature).map((parameter) => parameter?.name));
  return signature.parameters.filter(({ name }) => !given.has(name));
}

function argumentParameters(call: CallExpression, signature: Signature): readonly (ParameterView | undefined)[] {
  const named = call.arguments.flatMap(({ name }) => (name === undefined ? [] : [name.text]));
  return argumentSlots(call, signature).map(({ argument, index }) =>
    parameterOf(signature, { name: argument.name?.text, index, named }),
  );
}

/** What the parameter is that a name is given for. */
function callNote(analysis: Analysis, nodes: readonly AnyNode[]): string {
  const found = argumentAt(analysis, nodes);
  const parameter = found?.parameter;
  return parameter === undefined || found?.isName === true
    ? ""
    : `as \`${parameter.name}\` of \`${found?.signature.name ?? ""}\``;
}

// ---------------------------------------------------------------------------------------------- calls and parameters

/** A block of the standard library: what its first comment says, and its text. */
function describeBlock(analysis: Analysis, nodes: readonly AnyNode[]): Words | undefined {
  const file = stdBlockAt(analysis, nodes);
  const text = file === undefined ? undefined : analysis.compilation.sources.get(file)?.text;
  const name = nodes.at(-1);
  if (text === undefined || name === undefined) return undefined;
  const about = /^(?:\/\/ .*\n)*/.exec(text)?.[0] ?? "";
  return { span: name.span, parts: [about.replaceAll("// ", ""), codeBlock(text.slice(about.length).trim())] };
}

/** Names that are not names of the spec: built-ins, parameters, keys of blocks, columns, words of a choice. */
function describeName(analysis: Analysis, nodes: readonly AnyNode[]): Words | undefined {
  const name = nodes.at(-1);
  if (name?.kind !== "Name" || name.text === "") return undefined;
  const parent = nodes.at(-2);
  const call = callAt(analysis, nodes);
  if (parent?.kind === "Call" && parent.callee === name && call !== undefined)
    return { span: name.span, parts: describeCall(parent, call.signature) };
  const argument = argumentAt(analysis, nodes);
  if (argument?.parameter !== undefined)
    return { span: name.span, parts: describeParameter(argument.parameter, name.text) };
  if (parent?.kind === "Entry" && parent.key === name) return describeKey(nodes[0], name.text, name.span);
  if (parent?.kind === "NameExpression" || parent?.kind === "Feature")
    return describeBareWord(analysis, nodes, name.text, name.span);
  return undefined;
}

function describeCall(call: CallExpression | undefined, signature: Signature): readonly string[] {
  const given = call === undefined ? [] : argumentParameters(call, signature);
  const rows = signature.parameters.map((parameter) => {
    const at = given.indexOf(parameter);
    return `- ${parameterLine(parameter)}${at >= 0 ? " — given here" : ""}`;
  });
  return [
    codeBlock(showSignature(signature)),
    `*${signature.what}*${signature.summary === "" ? "" : `: ${signature.summary}`}`,
    rows.join("\n"),
    signature.paper === undefined ? "" : `From: ${signature.paper}`,
  ];
}

function parameterLine({ name, expected, default: value, doc }: ParameterView): string {
  const otherwise = value === undefined ? "" : value === "" ? ", optional" : `, default \`${value}\``;
  return `\`${name}\` (${expected}${otherwise})${doc === undefined ? "" : `: ${doc}`}`;
}

function describeParameter(parameter: ParameterView, word: string): readonly string[] {
  return word === parameter.name ? [parameterLine(parameter)] : [`\`${word}\` for ${parameterLine(parameter)}`];
}

function describeKey(declaration: AnyNode | undefined, key: string, span: Span): Words | undefined {
  const keys: readonly BlockKey[] =
    declaration?.kind === "Data" ? dataKeys : declaration?.kind === "Train" ? trainKeys : [];
  const found = keys.find(({ name }) => name === key);
  if (found === undefined)
    return declaration?.kind === "Loss" && key === "balance"
      ? { span, parts: ["`balance`: how the losses are weighted against each other."] }
      : undefined;
  return {
    span,
    parts: [
      `\`${key}\`: ${found.doc}`,
      found.default === undefined ? "" : `Default: \`${found.default}\``,
      `For example: \`${key}: ${found.example}\``,
    ],
  };
}

/** A built-in without parentheses (`bce`, `adam`), a metric, or a column. */
function describeBareWord(analysis: Analysis, nodes: readonly AnyNode[], word: string, span: Span): Words | undefined {
  const slot = slotAt(analysis, nodes) ?? anySlot;
  if (slot.kind === "columns" || slot.kind === "column")
    return { span, parts: [`*a column* of the data: \`${word}\``] };
  const signature = signatureOf(slot, word, new Map());
  if (signature === undefined) return undefined;
  return { span, parts: describeCall(undefined, signature) };
}

// ------------------------------------------------------------------------------------------------ words and the rest

/** Words of the language: `tower`, `within`, the verb of a rule. */
function describeWord({ source }: Analysis, nodes: readonly AnyNode[], offset: number): Words | undefined {
  const declaration = nodes[0];
  if (declaration === undefined || nodes.at(-1)?.kind === "String") return undefined;
  const token = tokenize({ ...source, text: source.text.slice(0, declaration.span.end) }).findLast(
    ({ span }) => span.start <= offset && offset <= span.end && /^\w/.test(source.text.slice(span.start, span.end)),
  );
  if (token === undefined) return undefined;
  const isFirst =
    token.span.start === declaration.span.start ||
    nodes.some(
      (node) => node.kind === "Override" && withoutOverride(node as Declaration).span.start === token.span.start,
    );
  const isVerb = nodes.some((node) => node.kind === "Rule" && node.span.start === token.span.start);
  const verb = isVerb ? findRuleVerb(token.text) : undefined;
  const doc =
    verb !== undefined
      ? ruleVerbs[verb].summary
      : ((isFirst ? rowOfKeyword(token.text)?.doc : undefined) ?? wordDocs.get(token.text));
  return doc === undefined ? undefined : { span: token.span, parts: [`\`${token.text}\`: ${doc}`] };
}

/** The innermost expression that has a type: what an operator makes of its sides, a literal's value. */
function describeExpression(analysis: Analysis, nodes: readonly AnyNode[]): Words | undefined {
  const node = nodes.findLast((each) => typeOf(analysis, each) !== undefined);
  const type = node === undefined ? undefined : typeOf(analysis, node);
  if (node === undefined || type === undefined || node.kind === "Number") return undefined;
  if (node.kind === "Duration") return { span: node.span, parts: [`${node.text} = ${node.seconds} seconds`] };
  return { span: node.span, parts: [codeBlock(textAt(analysis, node.span)), `\`${shortType(type, analysis)}\``] };
}

// -------------------------------------------------------------------------------------------------------- the cursor

interface ArgumentAt {
  readonly signature: Signature;
  readonly parameter: ParameterView | undefined;
  /** Whether the offset is in the argument's name. */
  readonly isName: boolean;
}

/** The innermost call around an offset, with what it takes. */
function callAt(
  analysis: Analysis,
  nodes: readonly AnyNode[],
): { readonly call: CallExpression; readonly signature: Signature } | undefined {
  const call = nodes.findLast((node) => node.kind === "Call");
  const declaration = nodes[0];
  if (call === undefined || declaration === undefined) return undefined;
  let signature: Signature | undefined;
  visitSlots(declaration as Declaration, macrosOf(analysis.tables), (expression, _slot, found) => {
    if (expression === call) signature = found;
  });
  return signature === undefined ? undefined : { call, signature };
}

/** The argument around an offset. */
function argumentAt(analysis: Analysis, nodes: readonly AnyNode[]): ArgumentAt | undefined {
  const found = callAt(analysis, nodes);
  if (found === undefined) return undefined;
  const at = found.call.arguments.findIndex((argument) => nodes.includes(argument));
  const argument = found.call.arguments[at];
  if (argument === undefined) return undefined;
  return {
    signature: found.signature,
    parameter: argumentParameters(found.call, found.signature)[at],
    isName: argument.name !== undefined && nodes.includes(argument.name),
  };
}

function slotAt(analysis: Analysis, nodes: readonly AnyNode[]): Slot | undefined {
  const declaration = nodes[0];
  if (declaration === undefined) return undefined;
  let slot: Slot | undefined;
  visitSlots(declaration as Declaration, macrosOf(analysis.tables), (expression, found) => {
    if (nodes.includes(expression)) slot = found;
  });
  return slot;
}
