import type { IToken } from "chevrotain";
import { Reporter, type Diagnostic } from "../diagnostics/index.js";
import { encodingFault, type SourceFile, type Span } from "../text/index.js";
import type { Comment, Declaration, Spec } from "./ast.js";
import { buildDeclaration } from "./build/build-declaration.js";
import type { DeclarationCstNode, SpecCstNode } from "./cst.js";
import { Layout, splitDeclarations } from "./layout.js";
import { createFaultLookup, lex, tokenSpan, wordsOf, type LexedFile } from "./lexer.js";
import { findNestingFault } from "./errors/nesting.js";
import { recoverDeclarations } from "./errors/recovery.js";
import { parseStrictly } from "./run-parser.js";
import { indexDocLines, type BuildContext } from "./build/tree-builder.js";

/** The tree of a text and what is wrong with it. */
export interface ParseResult {
  readonly spec: Spec;
  /** Only errors, in the order of their locations; none when the text is a spec. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a file. Pure; never throws: a broken text gives the tree of its sound parts. */
export function parse(source: SourceFile): ParseResult {
  const unreadable = parseUnreadable(source);
  if (unreadable !== undefined) return unreadable;
  const reporter = new Reporter();
  const lexed = lex(source, reporter);
  const context: BuildContext = {
    source,
    reporter,
    docLines: indexDocLines(source, lexed.comments),
    sound: true,
    unsound: new Set(),
    hasFault: createFaultLookup(lexed.faults),
  };
  const spec: Spec = {
    kind: "Spec",
    declarations: parseDeclarations(context, lexed),
    comments: lexed.comments,
    span: { file: source.path, start: 0, end: source.text.length },
  };
  return { spec, diagnostics: reporter.diagnostics };
}

/**
 * The one mistake of a text whose bytes were not UTF-8, and an empty tree: what a lenient decoder made of it is not what was
 * written, so that nothing of it is understood, and nothing of it is ever written back.
 */
export function parseUnreadable(source: SourceFile): ParseResult | undefined {
  const fault = encodingFault(source.text);
  if (fault === undefined) return undefined;
  const reporter = new Reporter();
  const span = { file: source.path, start: fault.at, end: fault.at + 1 };
  reporter.report("MTL1016", { looksLike: fault.looksLike }, span, {
    help:
      fault.looksLike === undefined
        ? "here are bytes of another encoding, such as Latin-1 or GBK; a U+FFFD that is meant is written `\\u{FFFD}`"
        : "PowerShell's `>` writes it; `Set-Content -Encoding utf8` does not",
  });
  const { text, path } = source;
  const spec: Spec = { kind: "Spec", declarations: [], comments: [], span: { file: path, start: 0, end: text.length } };
  return { spec, diagnostics: reporter.diagnostics };
}

function parseDeclarations(context: BuildContext, lexed: LexedFile): readonly Declaration[] {
  if (findNestingFault(lexed.tokens) !== undefined) return recoverDeclarations(context, lexed, undefined);
  const sound = parsePieces(context, lexed);
  if (sound !== undefined) return sound;
  const { node, error } = parseStrictly(lexed.tokens, (parser) => parser.spec());
  if (error !== undefined || node === undefined) return recoverDeclarations(context, lexed, error);
  return ((node as SpecCstNode).children.declaration ?? []).map((each) => buildDeclaration(context, each));
}

/**
 * The declarations as the layout cuts them, each parsed and built before the next: the concrete tree of a long file, ten
 * times its text, is never held as a whole. Undefined when a piece does not parse.
 */
function parsePieces(context: BuildContext, { tokens }: LexedFile): readonly Declaration[] | undefined {
  const reporter = new Reporter();
  const declarations: Declaration[] = [];
  for (const piece of splitDeclarations(tokens, new Layout(context.source))) {
    const { node, error } = parseStrictly(piece.tokens, (parser) => parser.declaration());
    if (error !== undefined || node === undefined) return undefined;
    declarations.push(buildDeclaration({ ...context, reporter }, node as DeclarationCstNode));
  }
  context.reporter.take(reporter.diagnostics);
  return declarations;
}

/** The words of a text with their places, for `--emit tokens`. */
export interface TokenView {
  readonly type: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
}

/** Every token of a text, without comments. */
export function tokenize(source: SourceFile): readonly TokenView[] {
  return wordsOf(source).tokens.map((token) => viewOf(source, token));
}

/**
 * The tokens of each declaration, cut where a broken file would be cut: what an editor goes by while a declaration is
 * being typed. Also the comments, as no word is to be completed in them.
 */
export function tokenizeDeclarations(source: SourceFile): {
  readonly declarations: readonly (readonly TokenView[])[];
  readonly comments: readonly Comment[];
} {
  const { tokens, comments } = wordsOf(source);
  const pieces = splitDeclarations(tokens, new Layout(source));
  return { declarations: pieces.map((piece) => piece.tokens.map((token) => viewOf(source, token))), comments };
}

function viewOf(source: SourceFile, token: IToken): TokenView {
  const line = token.startLine ?? 1;
  return {
    type: token.tokenType.name,
    text: token.image,
    line,
    column: token.startOffset - (source.lineStarts[line - 1] ?? 0) + 1,
    span: tokenSpan(source, token),
  };
}
