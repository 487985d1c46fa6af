/**
 * Parsing a text again after an edit. Declarations are cut by layout, as recovery cuts them, and each that is unchanged
 * since is reused; what comes out is what {@link parse} gives for the text.
 */
import type { IToken } from "chevrotain";
import { Reporter, type Diagnostic } from "../diagnostics/index.js";
import { lineText, positionAt, compareText, type SourceFile } from "../text/index.js";
import type { Declaration } from "./ast.js";
import { Layout, splitDeclarations } from "./layout.js";
import type { CutText } from "./cut-text.js";
import { createFaultLookup, lex, rememberCut } from "./lexer.js";
import { parse, parseUnreadable, type ParseResult } from "./parse.js";
import { recoverDeclaration } from "./errors/recovery.js";
import { parseStrictly } from "./run-parser.js";
import { docAbove, indexDocLines, type BuildContext } from "./build/tree-builder.js";

/** A declaration as it was parsed, and where. */
interface ParsedPiece {
  readonly start: number;
  readonly declaration: Declaration;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is kept of one text. */
export interface ParsedPieces {
  /** The declarations by all that they depend on. */
  readonly declarations: ReadonlyMap<string, ParsedPiece>;
  readonly source: SourceFile;
  readonly cut: CutText;
}

/** A tree with what the next version of the text can be parsed from. */
export interface IncrementalResult extends ParseResult {
  readonly pieces: ParsedPieces | undefined;
}

/** The tree of a text, with declarations taken from an earlier version of it. Pure; never throws. */
export function parseAgain(source: SourceFile, earlier?: ParsedPieces): IncrementalResult {
  const unreadable = parseUnreadable(source);
  if (unreadable !== undefined) return { ...unreadable, pieces: undefined };
  const reporter = new Reporter();
  const lexed = lex(source, reporter, earlier);
  rememberCut(source, lexed.cut);
  const layout = new Layout(source);
  const docLines = indexDocLines(source, lexed.comments);
  const hasFault = createFaultLookup(lexed.faults);
  const declarations = new Map<string, ParsedPiece>();
  const pieces: ParsedPieces = { declarations, source, cut: lexed.cut };
  const groups = splitDeclarations(lexed.tokens, layout).map(({ tokens }) => tokens);
  const parsed = groups.map((tokens): ParsedPiece => {
    const context: BuildContext = {
      source,
      reporter: new Reporter(),
      docLines,
      sound: true,
      unsound: new Set(),
      hasFault,
    };
    const start = tokens[0]?.startOffset ?? 0;
    const key = keyOf(source, tokens, docAbove(context, start).doc);
    const known = earlier?.declarations.get(key);
    const piece =
      known === undefined
        ? { start, declaration: recoverDeclaration(context, layout, tokens), diagnostics: context.reporter.diagnostics }
        : shiftPiece(known, start);
    declarations.set(key, piece);
    return piece;
  });
  // A piece with something that is not a token may not parse and say nothing: the fault was said.
  const isDoubtful = (i: number): boolean => {
    const [tokens, piece] = [groups[i], parsed[i]];
    const last = tokens?.at(-1);
    if (piece === undefined || last === undefined) return false;
    return piece.diagnostics.length > 0 || hasFault(piece.start, last.startOffset + last.image.length);
  };
  const isUnusual = groups.some((_, i) => isDoubtful(i) && parsesWithNeighbours(groups, isDoubtful, i));
  if (isUnusual) return { ...parse(source), pieces: { ...pieces, declarations: new Map() } };
  const diagnostics = [...reporter.diagnostics, ...parsed.flatMap((piece) => piece.diagnostics)];
  return {
    spec: {
      kind: "Spec",
      declarations: parsed.map(({ declaration }) => declaration),
      comments: lexed.comments,
      span: { file: source.path, start: 0, end: source.text.length },
    },
    diagnostics: diagnostics.toSorted((a, b) => a.span.start - b.span.start || compareText(a.code, b.code)),
    pieces,
  };
}

/** The whole lines of a piece, for what lies behind its last word tells whether it is spoilt, and its doc comment. */
function keyOf(source: SourceFile, tokens: readonly IToken[], doc: string | undefined): string {
  const start = tokens[0]?.startOffset ?? 0;
  const last = tokens.at(-1);
  const end = positionAt(source, last?.startOffset ?? start);
  const lineEnd = (source.lineStarts[end.line - 1] ?? 0) + lineText(source, end.line).length;
  const lineStart = source.lineStarts[positionAt(source, start).line - 1] ?? 0;
  return `${start - lineStart}\0${doc ?? "\0"}\0${source.text.slice(lineStart, lineEnd)}`;
}

/**
 * Whether a piece that does not parse by itself is part of something that does: two declarations on a line, or one that is
 * laid out as nobody lays it out. Such a text is sound, and its pieces say nothing.
 */
function parsesWithNeighbours(
  groups: readonly (readonly IToken[])[],
  isDoubtful: (i: number) => boolean,
  at: number,
): boolean {
  let first = at;
  let last = at;
  while (isDoubtful(first)) first--;
  while (isDoubtful(last)) last++;
  const tokens = groups.slice(Math.max(0, first), last + 1).flat();
  return parseStrictly(tokens, (parser) => parser.spec()).error === undefined;
}

function shiftPiece(piece: ParsedPiece, start: number): ParsedPiece {
  const by = start - piece.start;
  return by === 0
    ? piece
    : { start, declaration: shift(piece.declaration, by), diagnostics: shift(piece.diagnostics, by) };
}

/** A copy with every place moved. */
function shift<T>(value: T, by: number): T {
  // A copy has the form of what it copies.
  return shiftValue(value, by) as T;
}

function shiftValue(value: unknown, by: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => shiftValue(item, by));
  const from = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  if (typeof from["start"] === "number" && typeof from["end"] === "number")
    return { file: from["file"], start: from["start"] + by, end: from["end"] + by };
  for (const key in from) copy[key] = shiftValue(from[key], by);
  return copy;
}
