/**
 * A text cut into tokens by the rows of `tokens.ts`, as Chevrotain's own lexer cuts it: that one analyses every pattern when it is
 * made, which takes longer than a spec, and tries each word of the language at each name.
 */
import type { IToken, TokenType } from "chevrotain";
import type { SourceFile } from "../text/index.js";
import { CommentToken, Foreign, Identifier, lexerTokens, matchOpenString, OpenString, WhiteSpace } from "./tokens.js";

/** Tokens have their line, from 1. */
export interface CutText {
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  /** What other languages write. */
  readonly foreign: readonly IToken[];
  /** Runs of characters that begin nothing; the ends are exclusive. */
  readonly unknown: readonly { readonly start: number; readonly end: number }[];
}

/** Cuts a text. Every character is white space or in one of the pieces. */
export function cutText({ text, lineStarts }: Pick<SourceFile, "text" | "lineStarts">): CutText {
  return cutRange(text, lineStarts, 0, text.length);
}

/** {@link cutText} with the pieces of an earlier version of the text on the lines that are the same: none goes over a line end. */
export function cutAgain(source: SourceFile, earlier: { readonly source: SourceFile; readonly cut: CutText }): CutText {
  const { text, lineStarts } = source;
  const { text: before, lineStarts: linesBefore } = earlier.source;
  const shorter = Math.min(text.length, before.length);
  let same = 0;
  while (same < shorter && text.charCodeAt(same) === before.charCodeAt(same)) same++;
  let tail = 0;
  while (
    tail < shorter - same &&
    text.charCodeAt(text.length - 1 - tail) === before.charCodeAt(before.length - 1 - tail)
  )
    tail++;
  const start = same === 0 ? 0 : text.lastIndexOf("\n", same - 1) + 1;
  const lineEnd = text.indexOf("\n", text.length - tail);
  const end = lineEnd === -1 ? text.length : lineEnd + 1;
  const endBefore = end - text.length + before.length;
  const by = end - endBefore;
  const lines = lineAt(lineStarts, end) - lineAt(linesBefore, endBefore);
  const middle = cutRange(text, lineStarts, start, end);
  const join = (old: readonly IToken[], made: readonly IToken[]): readonly IToken[] => [
    ...old.slice(
      0,
      firstFrom(old, start, ({ startOffset }) => startOffset),
    ),
    ...made,
    ...old
      .slice(firstFrom(old, endBefore, ({ startOffset }) => startOffset))
      .map((token) => (by === 0 && lines === 0 ? token : moved(token, by, lines))),
  ];
  const { cut } = earlier;
  return {
    tokens: join(cut.tokens, middle.tokens),
    comments: join(cut.comments, middle.comments),
    foreign: join(cut.foreign, middle.foreign),
    unknown: [
      ...cut.unknown.filter((each) => each.start < start),
      ...middle.unknown,
      ...cut.unknown
        .filter((each) => each.start >= endBefore)
        .map((each) => ({ start: each.start + by, end: each.end + by })),
    ],
  };
}

function moved(token: IToken, by: number, lines: number): IToken {
  const startOffset = token.startOffset + by;
  return {
    image: token.image,
    startOffset,
    endOffset: startOffset + token.image.length - 1,
    startLine: (token.startLine ?? 0) + lines,
    tokenTypeIdx: token.tokenTypeIdx,
    tokenType: token.tokenType,
  };
}

/** The first of the items, which are in order, that is at a value or after it. */
function firstFrom<T>(items: readonly T[], value: number, of: (item: T) => number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && of(item) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The line of an offset, from 1. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  return firstFrom(lineStarts, offset + 1, (start) => start);
}

function cutRange(text: string, lineStarts: readonly number[], from: number, to: number): CutText {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  const foreign: IToken[] = [];
  const unknown: { start: number; end: number }[] = [];
  let offset = from;
  let line = lineAt(lineStarts, from);
  while (offset < to) {
    const spaces = endOf(whiteSpace, text, offset);
    if (spaces !== undefined) {
      offset = spaces;
      continue;
    }
    while (offset >= (lineStarts[line] ?? Infinity)) line++;
    const piece = pieceAt(text, offset, line);
    if (piece === undefined) {
      const last = unknown.at(-1);
      if (last?.end === offset) last.end++;
      else unknown.push({ start: offset, end: offset + 1 });
      offset++;
      continue;
    }
    const into = piece.tokenType === CommentToken ? comments : piece.tokenType === Foreign ? foreign : tokens;
    into.push(piece);
    offset += piece.image.length;
  }
  return { tokens, comments, foreign, unknown };
}

/** The first of the rows that matches. */
function pieceAt(text: string, offset: number, line: number): IToken | undefined {
  const name = endOf(identifier, text, offset);
  if (name !== undefined) {
    const image = text.slice(offset, name);
    return tokenOf(tokenTypeOfWord(image), image, offset, line);
  }
  for (const { type, end } of candidates(text.charCodeAt(offset))) {
    const last = end(text, offset);
    if (last !== undefined) return tokenOf(type, text.slice(offset, last), offset, line);
  }
  return undefined;
}

function tokenOf(tokenType: TokenType, image: string, startOffset: number, startLine: number): IToken {
  return {
    image,
    startOffset,
    endOffset: startOffset + image.length - 1,
    startLine,
    // Chevrotain gives every type its number when it is created.
    tokenTypeIdx: tokenType.tokenTypeIdx ?? 0,
    tokenType,
  };
}

/** Where a piece ends that begins at an offset; undefined where none begins. */
type EndOf = (text: string, offset: number) => number | undefined;

interface Candidate {
  readonly type: TokenType;
  readonly end: EndOf;
}

const identifier = sticky(Identifier);
const whiteSpace = sticky(WhiteSpace);

/** The words of the language. They are written as names are, so that a piece is one of them only as a whole. */
const words: ReadonlyMap<string, TokenType> = new Map(
  lexerTokens.flatMap((type) =>
    typeof type.PATTERN === "string" && /^\w+$/.test(type.PATTERN) ? [[type.PATTERN, type] as const] : [],
  ),
);

/** What a word is that is written as a name is. */
export function tokenTypeOfWord(word: string): TokenType {
  return words.get(word) ?? Identifier;
}

/** The other rows, in the order in which they are tried. */
const rows: readonly Candidate[] = lexerTokens
  .filter((type) => type !== Identifier && type !== WhiteSpace && words.get(String(type.PATTERN)) !== type)
  .map((type) => ({ type, end: endOfType(type) }));

function endOfType(type: TokenType): EndOf {
  const { PATTERN: pattern } = type;
  if (type === OpenString)
    return (text, offset) => {
      const match = matchOpenString(text, offset);
      return match === null ? undefined : offset + match[0].length;
    };
  if (typeof pattern === "string")
    return (text, offset) => (text.startsWith(pattern, offset) ? offset + pattern.length : undefined);
  const expression = sticky(type);
  return (text, offset) => endOf(expression, text, offset);
}

const byCode = new Map<number, readonly Candidate[]>();

/** The rows that may begin with a character. */
function candidates(code: number): readonly Candidate[] {
  let found = byCode.get(code);
  if (found === undefined) {
    const character = String.fromCharCode(code);
    found = rows.filter(({ type: { PATTERN: pattern } }) => typeof pattern !== "string" || pattern[0] === character);
    byCode.set(code, found);
  }
  return found;
}

function sticky({ PATTERN: pattern, name }: TokenType): RegExp {
  if (!(pattern instanceof RegExp)) throw new Error(`the token \`${name}\` has no pattern`);
  return new RegExp(pattern.source, "y");
}

function endOf(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
