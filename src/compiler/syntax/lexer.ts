import type { IToken } from "chevrotain";
import type { Reporter } from "../diagnostics/index.js";
import type { SourceFile, Span } from "../text/index.js";
import type { Comment } from "./ast.js";
import { reportForeign, visible } from "./errors/foreign.js";
import { readNumber } from "./build/number-word.js";
import { cutAgain, cutText, type CutText } from "./cut-text.js";
import { NumberToken, OpenString } from "./tokens.js";

/** The words of a file. */
export interface LexedFile {
  readonly tokens: readonly IToken[];
  /** In order, doc comments included. */
  readonly comments: readonly Comment[];
  /** Places with something that is not a token; parse errors next to them say nothing new. */
  readonly faults: readonly Span[];
  /** What the next version of the text can be cut from. */
  readonly cut: CutText;
}

/** Cuts a text into tokens and comments, by an earlier version of it where there is one; what is neither is reported and left out. */
export function lex(
  source: SourceFile,
  reporter: Reporter,
  earlier?: { readonly source: SourceFile; readonly cut: CutText },
): LexedFile {
  const result = earlier === undefined ? cutText(source) : cutAgain(source, earlier);
  const faults: Span[] = [...reportForeign(source, reporter, result.foreign)];
  for (const { start, end } of result.unknown) {
    const span = { file: source.path, start, end };
    faults.push(span);
    reporter.report("MTL1001", { characters: visible(source.text.slice(span.start, span.end)) }, span);
  }
  for (const token of result.tokens) {
    if (token.tokenType === NumberToken) reportNumber(source, reporter, token, faults);
    if (token.tokenType !== OpenString) continue;
    const span = tokenSpan(source, token);
    faults.push(span);
    reporter.report("MTL1002", undefined, span, { help: 'a text ends with `"` on the line where it begins' });
  }
  const comments = result.comments.map((token) => createComment(source, token));
  return { tokens: result.tokens, comments, faults, cut: result };
}

const cuts = new WeakMap<SourceFile, CutText>();

/** Keeps the words of a text, for {@link wordsOf}. */
export function rememberCut(source: SourceFile, cut: CutText): void {
  cuts.set(source, cut);
}

/** The words of a text that may have been cut before; nothing is reported. */
export function wordsOf(source: SourceFile): Pick<LexedFile, "tokens" | "comments"> {
  const { tokens, comments } = cuts.get(source) ?? cutText(source);
  return { tokens, comments: comments.map((token) => createComment(source, token)) };
}

function reportNumber(source: SourceFile, reporter: Reporter, token: IToken, faults: Span[]): void {
  const read = readNumber(token.image);
  if (read.kind !== "malformed") return;
  const span = tokenSpan(source, token);
  faults.push(span);
  if (read.problem !== undefined) reporter.report("MTL1004", { text: token.image, problem: read.problem }, span);
  else
    reporter.report("MTL1004", { text: token.image }, span, {
      help:
        "numbers are written `1_000_000`, `0.5` or `1e-6`, durations `500ms`, `30s`, `15m`, `2h`, `7d` or `1w`" +
        (/[A-Za-z]/.test(token.image) ? `; a column of this name is \`column("${token.image}")\`` : ""),
    });
}

/** The span of a token that is in the text. */
export function tokenSpan(source: SourceFile, token: IToken): Span {
  return { file: source.path, start: token.startOffset, end: token.startOffset + token.image.length };
}

function createComment(source: SourceFile, token: IToken): Comment {
  const doc = token.image.startsWith("///") && !token.image.startsWith("////");
  const text = token.image.slice(doc ? 3 : 2).trimEnd();
  return { kind: "Comment", doc, text: text.startsWith(" ") ? text.slice(1) : text, span: tokenSpan(source, token) };
}

/** Finds faults between two offsets, both inclusive, in logarithmic time. */
export function createFaultLookup(faults: readonly Span[]): (start: number, end: number) => boolean {
  const starts = faults.map((fault) => fault.start).toSorted((a, b) => a - b);
  return (start, end) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return (starts[low] ?? Infinity) <= end;
  };
}
