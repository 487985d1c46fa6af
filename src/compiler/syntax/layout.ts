import { tokenMatcher, type IToken } from "chevrotain";
import type { SourceFile } from "../text/index.js";
import {
  isOverridable,
  rowOfKeyword,
  type DeclarationBody,
  type DeclarationHead,
  type DeclarationRow,
} from "./declarations.js";
import { endsOperand, isClosing, isOpening } from "./errors/nesting.js";
import * as t from "./tokens.js";

/**
 * Where the declarations and entries of a *broken* file begin, by the way people lay text out: one mistake then stays in
 * its own declaration and its own entry. Files that parse never come here, so line breaks mean nothing in them.
 */

/** A run of tokens with the line each is on. */
export interface Piece {
  readonly tokens: readonly IToken[];
}

/** Lines and columns of tokens. */
export class Layout {
  constructor(private readonly source: SourceFile) {}

  lineOf(token: IToken): number {
    return (token.startLine ?? 1) - 1;
  }

  columnOf(token: IToken): number {
    return token.startOffset - (this.source.lineStarts[this.lineOf(token)] ?? 0);
  }

  /** Whether the token is the first of its line, `previous` being the one before it. */
  startsLine(token: IToken, previous: IToken | undefined): boolean {
    return previous === undefined || this.lineOf(previous) < this.lineOf(token);
  }
}

/** Cuts a file into declarations. */
export function splitDeclarations(tokens: readonly IToken[], layout: Layout): readonly Piece[] {
  const pieces: IToken[][] = [];
  let current: IToken[] = [];
  let open: IToken[] = [];
  tokens.forEach((token, i) => {
    const head = current[0];
    if (head !== undefined && layout.startsLine(token, tokens[i - 1]) && !isOverridden(tokens, i)) {
      const outdented = layout.columnOf(token) <= layout.columnOf(head);
      if (
        beginsDeclaration(tokens, i) ||
        (outdented && standsAlone(tokens, i, layout)) ||
        (outdented && open.length === 0 && seemsToBeginDeclaration(tokens, i, layout))
      ) {
        pieces.push(current);
        current = [];
        open = [];
      }
    }
    if (isOpening(token)) open.push(token);
    else if (isClosing(token)) open = closeBracket(open, tokens, i, layout);
    current.push(token);
  });
  if (current.length > 0) pieces.push(current);
  return pieces.map((each) => ({ tokens: each }));
}

/** Whether a declaration's first word belongs to the `override` on the line above. */
function isOverridden(tokens: readonly IToken[], i: number): boolean {
  const row = declarationAt(tokens[i]);
  return tokens[i - 1]?.tokenType === t.declarationTokens.override && (row === undefined || isOverridable(row));
}

/** The brackets that stay open after a closing one; one that closes nothing likely leaves all open. */
function closeBracket(open: IToken[], tokens: readonly IToken[], i: number, layout: Layout): IToken[] {
  const token = tokens[i];
  const partner = token === undefined ? -1 : open.findLastIndex((each) => partnerOf(each.image) === token.image);
  const opened = open[partner];
  if (opened === undefined || !closesLikely(opened, tokens, i, layout)) return open;
  open.length = partner;
  return open;
}

/** A brace in the middle of a line hardly closes a block of several lines: it is a slip of the hand. */
function closesLikely(open: IToken, tokens: readonly IToken[], i: number, layout: Layout): boolean {
  const token = tokens[i];
  const next = tokens[i + 1];
  return (
    token === undefined ||
    layout.lineOf(open) === layout.lineOf(token) ||
    layout.startsLine(token, tokens[i - 1]) ||
    next === undefined ||
    layout.startsLine(next, token)
  );
}

/** The first word of a declaration with nothing after it on its line, as while typing. */
function standsAlone(tokens: readonly IToken[], i: number, layout: Layout): boolean {
  const token = tokens[i];
  const next = tokens[i + 1];
  return (
    declarationAt(token) !== undefined && token !== undefined && (next === undefined || layout.startsLine(next, token))
  );
}

/** Whether the two tokens after a declaration's first word are what follows it. */
type Shape = (first: IToken | undefined, second: IToken | undefined) => boolean;
const shapes: Readonly<Record<DeclarationHead, Shape>> = {
  "{": (a) => a?.tokenType === t.LCurly,
  "name =": (a, b) => isName(a) && b?.tokenType === t.Equals,
  "name : or =": (a, b) => isName(a) && (b?.tokenType === t.Colon || b?.tokenType === t.Equals),
  "name [": (a, b) => isName(a) && b?.tokenType === t.LBracket,
  "name {": (a, b) => isName(a) && b?.tokenType === t.LCurly,
  "name (": (a, b) => isName(a) && b?.tokenType === t.LParen,
  name: isName,
  text: isText,
  ": number": (a, b) => a?.tokenType === t.Colon && b?.tokenType === t.NumberToken,
  "{ or text": (a) => a?.tokenType === t.LCurly || isText(a),
  declaration: (a) => declarationAt(a) !== undefined,
  "keyword name": (a, b) => isName(a) && isName(b),
};

/** The row of the declaration that a token may begin. */
function declarationAt(token: IToken | undefined): DeclarationRow | undefined {
  return token === undefined ? undefined : rowOfKeyword(token.image);
}

/** A declaration's first words: certain enough to end whatever is under way, open brackets included. */
function beginsDeclaration(tokens: readonly IToken[], i: number): boolean {
  const row = declarationAt(tokens[i]);
  return row !== undefined && shapes[row.head](tokens[i + 1], tokens[i + 2]);
}

/** Words that continue a declaration on its next line. */
const continuing: ReadonlySet<unknown> = new Set([
  t.Over,
  t.Auxiliary,
  t.By,
  t.With,
  t.Then,
  t.Ties,
  t.Extends,
  t.From,
  t.Within,
  t.In,
]);

/** Outside brackets: a misspelt or unfinished first line of a declaration. */
function seemsToBeginDeclaration(tokens: readonly IToken[], i: number, layout: Layout): boolean {
  const token = tokens[i];
  const previous = tokens[i - 1];
  const next = tokens[i + 1];
  if (token === undefined || !isName(token) || continuing.has(token.tokenType)) return false;
  if (declarationAt(token) !== undefined && previous !== undefined && layout.columnOf(token) === 0) return true;
  if (previous === undefined || !endsOperand(previous)) return false;
  // `task` with a line of its own goes on with the next one.
  const before = tokens[i - 2];
  if (declarationAt(previous) !== undefined && layout.startsLine(previous, before)) return false;
  return (
    next !== undefined &&
    (isName(next) ||
      isText(next) ||
      next.tokenType === t.LCurly ||
      next.tokenType === t.Colon ||
      next.tokenType === t.Equals) &&
    layout.lineOf(next) === layout.lineOf(token)
  );
}

function isName(token: IToken | undefined): boolean {
  return token !== undefined && tokenMatcher(token, t.Identifier);
}

function isText(token: IToken | undefined): boolean {
  return token !== undefined && tokenMatcher(token, t.StringToken);
}

/** The parts of a block: what is before its entries, the entries, and its closing brace. */
export interface BlockParts {
  /** Up to the opening brace, which is the last of them. */
  readonly head: readonly IToken[];
  readonly entries: readonly Piece[];
  readonly close: IToken | undefined;
  /** What follows the closing brace. */
  readonly rest: readonly IToken[];
}

/** How an entry of a block begins. */
export type EntryShape = DeclarationBody["shape"];

/** Cuts a block's tokens; undefined when there is no opening brace among the first ones. */
export function splitBlock(tokens: readonly IToken[], shape: EntryShape, layout: Layout): BlockParts | undefined {
  const open = tokens.slice(0, 5).findIndex((token) => token.tokenType === t.LCurly);
  if (open < 0) return undefined;
  const partner = findPartner(tokens, open, layout);
  const end = partner ?? findOuterBrace(tokens, open, layout) ?? tokens.length;
  const inner = tokens.slice(open + 1, end);
  return {
    head: tokens.slice(0, open + 1),
    entries: splitEntries(inner, shape, layout, partner !== undefined),
    close: tokens[end],
    rest: tokens.slice(end + 1),
  };
}

/** The partner of the bracket at `open`; undefined when the brackets between are out of order. */
function findPartner(tokens: readonly IToken[], open: number, layout: Layout): number | undefined {
  const stack: IToken[] = [];
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (isOpening(token)) stack.push(token);
    else if (isClosing(token)) {
      const last = stack.pop();
      if (last === undefined || partnerOf(last.image) !== token.image) return undefined;
      if (stack.length === 0) return closesLikely(last, tokens, i, layout) ? i : undefined;
    }
  }
  return undefined;
}

/** Among brackets out of order, the brace that ends the block by its looks: outdented, or the last word of all. */
function findOuterBrace(tokens: readonly IToken[], open: number, layout: Layout): number | undefined {
  const head = tokens[0];
  const column = head === undefined ? 0 : layout.columnOf(head);
  const outdented = tokens.findIndex(
    (token, i) =>
      i > open &&
      token.tokenType === t.RCurly &&
      layout.startsLine(token, tokens[i - 1]) &&
      layout.columnOf(token) <= column,
  );
  if (outdented >= 0) return outdented;
  const last = tokens.length - 1;
  return last > open && tokens[last]?.tokenType === t.RCurly ? last : undefined;
}

export function partnerOf(open: string): string {
  return open === "(" ? ")" : open === "[" ? "]" : "}";
}

/**
 * Entries begin at a line's first word of the block's shape, outside inner brackets; when the brackets are out of order,
 * at such a word in the column of the block's first entry.
 */
function splitEntries(
  tokens: readonly IToken[],
  shape: EntryShape,
  layout: Layout,
  balanced: boolean,
): readonly Piece[] {
  const pieces: IToken[][] = [];
  let current: IToken[] = [];
  let depth = 0;
  const head = tokens[0];
  const column = head === undefined ? 0 : layout.columnOf(head);
  tokens.forEach((token, i) => {
    if (current.length > 0 && layout.startsLine(token, tokens[i - 1]) && (depth === 0 || !balanced)) {
      const aligned = layout.columnOf(token) === column;
      const begins = aligned
        ? beginsEntry(tokens, i, shape, layout)
        : depth === 0 && continuesNothing(tokens[i - 1]) && beginsEntry(tokens, i, shape, layout);
      if (begins) {
        pieces.push(current);
        current = [];
        depth = 0;
      }
    }
    if (isOpening(token)) depth++;
    else if (isClosing(token)) depth = Math.max(0, depth - 1);
    current.push(token);
  });
  if (current.length > 0) pieces.push(current);
  return pieces.map((each) => ({ tokens: each }));
}

/** After an operator or an opening bracket, the line goes on. */
function continuesNothing(previous: IToken | undefined): boolean {
  return previous === undefined || endsOperand(previous) || previous.tokenType === t.Comma;
}

/** Words that begin a clause: a rule's next line rather than its next rule. */
const clauseWords: ReadonlySet<unknown> = new Set([t.When, t.By, t.During, t.At, t.Of, t.In, t.Top, t.Per]);

function beginsEntry(tokens: readonly IToken[], i: number, shape: EntryShape, layout: Layout): boolean {
  const token = tokens[i];
  const next = tokens[i + 1];
  // `[brand, shop]: categorical`.
  if (token?.tokenType === t.LBracket) return shape === "key" && continuesNothing(tokens[i - 1]);
  if (token === undefined || !isName(token)) return false;
  const endsLine = next === undefined || layout.startsLine(next, token);
  switch (shape) {
    case "key":
      return (
        next?.tokenType === t.Colon ||
        next?.tokenType === t.DotDot ||
        (token.tokenType !== t.Within && (endsLine || isName(next)))
      );
    case "rule":
      return !clauseWords.has(token.tokenType) && (endsLine || isName(next));
    case "step":
      return (
        token.tokenType === t.At ||
        token.tokenType === t.Candidate ||
        token.tokenType === t.Expect ||
        (token.tokenType === t.declarationTokens.request && next?.tokenType === t.LCurly)
      );
  }
}
