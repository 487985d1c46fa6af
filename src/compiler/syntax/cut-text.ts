/**
 * A text cut into tokens by the rows of `tokens.ts`, as Chevrotain's own lexer cuts it: that one analyses every pattern when it is
 * made, which takes longer than a spec, and tries each word of the language at each name.
 */
import type { IToken, TokenType } from "chevrotain";
import { CommentToken, Foreign, Identifier, lexerTokens, matchOpenString, OpenString, WhiteSpace } from "./tokens.js";

export interface CutText {
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  /** What other languages write. */
  readonly foreign: readonly IToken[];
  /** Runs of characters that begin nothing; the ends are exclusive. */
  readonly unknown: readonly { readonly start: number; readonly end: number }[];
}

/** Cuts a text. Every character is white space or in one of the pieces. */
export function cutText(text: string): CutText {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  const foreign: IToken[] = [];
  const unknown: { start: number; end: number }[] = [];
  let offset = 0;
  while (offset < text.length) {
    const code = text.charCodeAt(offset);
    const spaces = endOf(whiteSpace, text, offset);
    if (spaces !== undefined) {
      offset = spaces;
      continue;
    }
    const piece = pieceAt(text, offset, code);
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
function pieceAt(text: string, offset: number, code: number): IToken | undefined {
  const name = endOf(identifier, text, offset);
  if (name !== undefined) {
    const image = text.slice(offset, name);
    return tokenOf(words.get(image) ?? Identifier, image, offset);
  }
  for (const { type, end } of candidates(code)) {
    const last = end(text, offset);
    if (last !== undefined) return tokenOf(type, text.slice(offset, last), offset);
  }
  return undefined;
}

function tokenOf(tokenType: TokenType, image: string, startOffset: number): IToken {
  return {
    image,
    startOffset,
    endOffset: startOffset + image.length - 1,
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
