/**
 * Where a cursor is, read only from the words before it: the text there is being typed and rarely parses. The open
 * brackets around it are frames; each knows its current item.
 */
import { findRuleVerb } from "../../compiler/rules/index.js";
import {
  declarations,
  tokenizeDeclarations,
  type DeclarationRow,
  type TokenView,
} from "../../compiler/syntax/index.js";
import { positionAt, type SourceFile, type Span } from "../../compiler/text/index.js";

/** An open bracket around the cursor. */
export interface Frame {
  readonly kind: "block" | "call" | "list" | "record" | "group";
  /** Of a call: what is called. */
  readonly callee: string;
  /** Offset of the bracket. */
  readonly open: number;
  /** Keys or names of arguments in the items so far, the current one included. */
  readonly keys: readonly string[];
  /** Positional items before the current one. */
  readonly index: number;
  /** The key or name of the current item, once its colon is there. */
  readonly key: string | undefined;
  /** Words of the current item outside inner brackets, the key and its colon left out. */
  readonly words: readonly TokenView[];
}

export interface Cursor {
  /** The word that is being typed; empty where none is. */
  readonly word: Span;
  /** Words of the declaration outside brackets, from its keyword on; none where a declaration may begin. */
  readonly top: readonly TokenView[];
  /** From outer to inner. */
  readonly frames: readonly Frame[];
  readonly isOverride: boolean;
  /** Whether only the word precedes the cursor on its line. */
  readonly startsLine: boolean;
  /** The text up to the cursor of the quotes that it is in. */
  readonly inText: string | undefined;
  /** The declaration's words after the cursor. */
  readonly after: readonly TokenView[];
}

type Pieces = ReturnType<typeof tokenizeDeclarations>;
const pieces = new WeakMap<SourceFile, Pieces>();

function piecesOf(source: SourceFile): Pieces {
  const made = pieces.get(source) ?? tokenizeDeclarations(source);
  pieces.set(source, made);
  return made;
}

/** Undefined in a comment. */
export function cursorAt(source: SourceFile, offset: number): Cursor | undefined {
  const { declarations, comments } = piecesOf(source);
  if (comments.some(({ span }) => span.start < offset && offset <= span.end)) return undefined;
  const at = declarations.findLastIndex(([head]) => (head?.span.start ?? Infinity) < offset);
  const tokens = declarations[at] ?? [];
  const current = tokens.find(({ span }) => span.start < offset && offset <= span.end);
  const isText =
    current !== undefined &&
    current.text.startsWith('"') &&
    (current.type === "OpenString" || offset < current.span.end);
  const isWord = current !== undefined && /^\w/.test(current.text);
  const word =
    current !== undefined && (isText || isWord)
      ? { ...current.span, end: isWord ? current.span.end : offset }
      : { file: source.path, start: offset, end: offset };
  const before = tokens.filter(({ span }) => span.start < word.start);
  const { line } = positionAt(source, word.start);
  const startsLine = /^\s*$/.test(source.text.slice(source.lineStarts[line - 1] ?? 0, word.start));
  const isOverride = before[0]?.type === "OverrideKeyword" && before.length > 1;
  return {
    word: isText ? { ...word, start: word.start + 1 } : word,
    ...readFrames(isOverride ? before.slice(1) : before),
    isOverride,
    startsLine,
    inText: isText ? source.text.slice(current.span.start + 1, offset) : undefined,
    after: tokens.filter(({ span }) => span.start >= Math.max(word.end, offset)),
  };
}

interface OpenFrame {
  kind: Frame["kind"];
  callee: string;
  open: number;
  keys: string[];
  index: number;
  key: string | undefined;
  words: TokenView[];
}

function readFrames(tokens: readonly TokenView[]): Pick<Cursor, "top" | "frames"> {
  const top: TokenView[] = [];
  const frames: OpenFrame[] = [];
  const head = tokens[0]?.text ?? "";
  tokens.forEach((token, i) => {
    const frame = frames.at(-1);
    const words = frame?.words ?? top;
    if (token.text === "(" || token.text === "[" || token.text === "{") {
      // `[brand, shop]: categorical` on a line of its own.
      if (frame?.kind === "block" && head === "features" && frame.key !== undefined && token.text === "[")
        if ((tokens[i - 1]?.line ?? 0) < token.line && !wantsOperand(frame.words)) endItem(frame);
      words.push(token);
      frames.push(openFrame(token, tokens[i - 1], frames.length === 0 && blockWords.has(head)));
    } else if (token.text === ")" || token.text === "]" || token.text === "}") {
      if (frame === undefined) return;
      frames.pop();
      (frames.at(-1)?.words ?? top).push(token);
    } else if (frame === undefined) top.push(token);
    else readItem(frame, token, tokens[i - 1], tokens[i + 1], head);
  });
  return { top, frames };
}

/** Keywords whose `{` opens a list of lines, and of names. */
const blockWords: ReadonlySet<string> = new Set([
  ...declarations.flatMap((row: DeclarationRow) => (row.body === undefined ? [] : [row.keyword])),
  "import",
]);

function openFrame(token: TokenView, previous: TokenView | undefined, opensBlock: boolean): OpenFrame {
  const isCall = token.text === "(" && previous !== undefined && /^[A-Za-z_]/.test(previous.text);
  return {
    kind:
      token.text === "[" ? "list" : token.text === "{" ? (opensBlock ? "block" : "record") : isCall ? "call" : "group",
    callee: isCall ? previous.text : "",
    open: token.span.start,
    keys: [],
    index: 0,
    key: undefined,
    words: [],
  };
}

function readItem(
  frame: OpenFrame,
  token: TokenView,
  previous: TokenView | undefined,
  next: TokenView | undefined,
  head: string,
): void {
  if (token.text === ",") {
    endItem(frame);
    return;
  }
  const startsLine = previous === undefined || previous.line < token.line;
  if (
    frame.kind === "block" &&
    startsLine &&
    frame.words.length + (frame.key === undefined ? 0 : 1) > 0 &&
    beginsEntry(token, next, head)
  )
    endItem(frame);
  // A group of features has several words before its colon.
  const isKey = frame.words.length === 1 || (frame.kind === "block" && head === "features" && frame.words.length > 0);
  if (token.text === ":" && isKey && frame.key === undefined && frame.kind !== "list") {
    frame.key = frame.words
      .splice(0)
      .map(({ text }) => text)
      .join(" ");
    frame.keys.push(frame.key);
  } else frame.words.push(token);
}

function endItem(frame: OpenFrame): void {
  if (frame.key === undefined) frame.index++;
  frame.key = undefined;
  frame.words = [];
}

function beginsEntry(token: TokenView, next: TokenView | undefined, head: string): boolean {
  if (head === "rules") return findRuleVerb(token.text) !== undefined && next?.text !== ":";
  if (head === "test") return ["at", "request", "candidate", "expect"].includes(token.text);
  return next?.text === ":" || next === undefined || (head === "features" && next.text === "..");
}

/** Whether an operand may follow: after nothing, an opening bracket, an operator or a word that wants one. */
export function wantsOperand(words: readonly TokenView[]): boolean {
  const last = words.at(-1);
  if (last === undefined) return true;
  return (
    /^(?:[=+\-*/^<>|&,([{:]|[!<>=]=|\.\.)$/.test(last.text) ||
    ["and", "or", "not", "in", "but", "over", "by", "when", "of", "ties"].includes(last.text)
  );
}
