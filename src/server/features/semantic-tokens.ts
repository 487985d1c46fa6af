import { SemanticTokensBuilder, type SemanticTokens, type SemanticTokensLegend } from "vscode-languageserver";
import {
  tokenize,
  visit,
  type AnyNode,
  type Declaration,
  type Name,
  type NameColour,
} from "../../compiler/syntax/index.js";
import { lookOf, type SymbolKind } from "../../compiler/semantics/index.js";
import { positionAt, type Span } from "../../compiler/text/index.js";
import { macrosOf, type Analysis } from "../analysis/analysis.js";
import type { NamedThing } from "../analysis/thing.js";
import { namesOf } from "../analysis/names.js";
import { readsNames } from "../language/slots.js";
import { visitSlots } from "../language/tree-slots.js";

const types = [
  "keyword",
  "type",
  "property",
  "event",
  "variable",
  "class",
  "function",
  "parameter",
  "macro",
  "enumMember",
  "namespace",
] as const;
const modifiers = ["declaration", "defaultLibrary", "readonly"] as const;

type TokenType = (typeof types)[number];
type Modifier = (typeof modifiers)[number];

/** The names of token types and modifiers, in the order of their numbers. */
export const semanticLegend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [...modifiers] };

interface Token {
  readonly span: Span;
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
}

/** What the words of a file are: names by what they stand for, and words of the language only where they are such. */
export function semanticTokensOf(analysis: Analysis, range?: Pick<Span, "start" | "end">): SemanticTokens {
  const { source } = analysis;
  const builder = new SemanticTokensBuilder();
  for (const { span, type, modifiers: set } of tokensOf(analysis)) {
    if (range !== undefined && (span.end < range.start || span.start > range.end)) continue;
    const { line, column } = positionAt(source, span.start);
    const bits = set.reduce((sum, modifier) => sum | (1 << modifiers.indexOf(modifier)), 0);
    builder.push(line - 1, column - 1, span.end - span.start, types.indexOf(type), bits);
  }
  return builder.build();
}

/** In the order of the text, none over another. */
function tokensOf(analysis: Analysis): readonly Token[] {
  const { compilation, path, spec } = analysis;
  const tokens = new Map<number, Token>();
  const put = (span: Span, type: TokenType, ...set: Modifier[]): void => {
    if (span.end > span.start && !tokens.has(span.start)) tokens.set(span.start, { span, type, modifiers: set });
  };
  for (const { span, thing, isDeclaration } of namesOf(compilation).inFile(path))
    put(span, typeOfThing(thing), ...(isDeclaration ? (["declaration"] as const) : []));
  const macros = macrosOf(analysis.tables);
  for (const declaration of spec.declarations) {
    putCalls(declaration, macros, put);
    putWords(declaration, put);
  }
  putKeywords(analysis, tokens, put);
  return [...tokens.values()].sort((a, b) => a.span.start - b.span.start);
}

/** The colours of what is declared inside a declaration. */
const innerColours: Readonly<Record<Exclude<NamedThing["kind"], SymbolKind>, NameColour>> = {
  member: "property",
  "macro parameter": "parameter",
  rule: "namespace",
  arm: "variable",
};

function typeOfThing({ kind }: NamedThing): TokenType {
  return kind in innerColours ? innerColours[kind as keyof typeof innerColours] : lookOf(kind as SymbolKind).colour;
}

type Put = (span: Span, type: TokenType, ...modifiers: Modifier[]) => void;

/** Built-ins, their parameters, words of choices, and columns. */
function putCalls(declaration: Declaration, macros: Parameters<typeof visitSlots>[1], put: Put): void {
  visitSlots(declaration, macros, (expression, slot, signature) => {
    if (expression.kind === "Call") {
      if (signature !== undefined) put(expression.callee.span, "function", "defaultLibrary");
      for (const { name } of expression.arguments) if (name !== undefined) put(name.span, "parameter");
    } else if (expression.kind === "NameExpression" && !readsNames(slot)) {
      const { span } = expression.name;
      if (slot.kind === "columns" || slot.kind === "column") put(span, "property", "readonly");
      else if (slot.kind === "argument") put(span, "enumMember");
      else put(span, "function", "defaultLibrary");
    }
  });
}

/** Names that are words of a block: keys, verbs of rules, units. */
function putWords(declaration: Declaration, put: Put): void {
  visit(declaration, (node) => {
    switch (node.kind) {
      case "Entry":
        for (const key of node.keys ?? [node.key]) put(key.span, "property");
        return;
      case "Feature":
      case "FeatureGroup":
        if (node.type.kind === "NameExpression") put(node.type.name.span, "type", "defaultLibrary");
        return;
      case "Rule":
        return put({ ...node.span, end: node.span.start + node.verb.length }, "keyword");
      case "OptionClause":
        return put(node.key.span, "parameter");
      case "Typed":
        if (node.missing?.kind === "NameExpression") put(node.missing.span, "enumMember");
        if (node.outside !== undefined) put(node.outside.span, "enumMember");
        if (node.malformed !== undefined) put(node.malformed.span, "enumMember");
        return;
      case "PerClause":
        return put(node.unit.span, "enumMember");
      case "NumberType":
      case "LabelType":
        if (node.unit !== undefined) put(node.unit.span, "enumMember");
        return;
      case "Remove":
        return put(node.keyword.span, "keyword");
      case "Model":
        return put(node.name.span, "namespace", "declaration");
      case "Import":
        if (node.from.kind === "Name") put(node.from.span, "namespace", "defaultLibrary");
        return;
      default:
        return;
    }
  });
}

const typeWords: ReadonlySet<string> = new Set([
  "event",
  "amount",
  "classes",
  "P",
  "E",
  "score",
  "number",
  "text",
  "texts",
  "vector",
  "bool",
  "time",
  "duration",
]);

/** Words of the language that are where no name does. */
function putKeywords({ source, spec }: Analysis, tokens: ReadonlyMap<number, Token>, put: Put): void {
  const names = new Set<number>();
  visit(spec as AnyNode, (node) => {
    if (node.kind === "Name" && (node as Name).text !== "") names.add(node.span.start);
  });
  for (const { type, text, span } of tokenize(source))
    if (type.endsWith("Keyword") && !names.has(span.start) && !tokens.has(span.start))
      put(span, typeWords.has(text) ? "type" : "keyword");
}
