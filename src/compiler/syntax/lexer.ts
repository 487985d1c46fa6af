import { Lexer, type IToken } from "chevrotain";
import type { Fix, Reporter } from "../diagnostics/index.js";
import type { SourceFile, Span } from "../text/index.js";
import type { Comment } from "./ast.js";
import { readNumber } from "./number-word.js";
import { lexerTokens, NumberToken, OpenString } from "./tokens.js";

/** The words of a file. */
export interface LexedFile {
  readonly tokens: readonly IToken[];
  /** In order, doc comments included. */
  readonly comments: readonly Comment[];
  /** Places with something that is no token; parse errors next to them say nothing new. */
  readonly faults: readonly Span[];
}

const lexer = new Lexer([...lexerTokens], {
  // The other settings leave out where a token ends, which the spans of nodes are made of.
  positionTracking: "full",
  ensureOptimizations: true,
  skipValidations: true,
});

/** Cuts a text into tokens and comments; what is neither is reported and left out. */
export function lex(source: SourceFile, reporter: Reporter): LexedFile {
  const result = lexer.tokenize(source.text);
  const faults: Span[] = [];
  for (const token of result.groups["foreign"] ?? []) {
    const span = tokenSpan(source, token);
    faults.push(span);
    const { characters, help } = describeForeign(token.image);
    reporter.report("MTL1001", { characters }, span, {
      ...(help === undefined ? {} : { help }),
      fixes: mendForeign(source, token.image, span),
    });
  }
  for (const error of result.errors) {
    const span = { file: source.path, start: error.offset, end: error.offset + error.length };
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
  const comments = (result.groups["comments"] ?? []).map((token) => createComment(source, token));
  return { tokens: result.tokens, comments, faults };
}

function reportNumber(source: SourceFile, reporter: Reporter, token: IToken, faults: Span[]): void {
  const read = readNumber(token.image);
  if (read.kind !== "malformed") return;
  const span = tokenSpan(source, token);
  faults.push(span);
  if (read.problem !== undefined) reporter.report("MTL1004", { text: token.image, problem: read.problem }, span);
  else
    reporter.report("MTL1004", { text: token.image }, span, {
      help: "numbers are written `1_000_000`, `0.5` or `1e-6`, durations `500ms`, `30s`, `15m`, `2h`, `7d` or `1w`",
    });
}

/** The span of a token that stands in the text. */
export function tokenSpan(source: SourceFile, token: IToken): Span {
  return { file: source.path, start: token.startOffset, end: token.startOffset + token.image.length };
}

function createComment(source: SourceFile, token: IToken): Comment {
  const doc = token.image.startsWith("///") && !token.image.startsWith("////");
  const text = token.image.slice(doc ? 3 : 2).trimEnd();
  return { kind: "Comment", doc, text: text.startsWith(" ") ? text.slice(1) : text, span: tokenSpan(source, token) };
}

/** What people coming from other languages write, and what this one has instead. */
const foreignHelp: Readonly<Record<string, string>> = {
  "&&": "write `and`",
  "||": "write `or`",
  "!": "write `not`",
  "**": "write `^` for a power",
  "%": "there is no remainder; a percentage is written as a fraction: `0.05`",
  ";": "entries are separated by commas or line breaks",
  "=>": "write `>=` for a comparison, `=` for a definition",
  "->": "definitions are written with `=`, types with `:`",
  "/*": "comments begin with `//` and end with the line",
  "*/": "comments begin with `//` and end with the line",
  "#": "comments begin with `//`",
  "“": 'texts stand in straight quotes: `"…"`',
  "”": 'texts stand in straight quotes: `"…"`',
  "‘": 'texts stand in straight quotes: `"…"`',
  "’": 'texts stand in straight quotes: `"…"`',
  "×": "write `*`",
  "·": "write `*`",
  "−": "write `-`",
  "–": "write `-`",
  "≥": "write `>=`",
  "≤": "write `<=`",
  "≠": "write `!=`",
  "∧": "write `and`, or `&` between events",
  "∨": "write `or`",
  "¬": "write `not`",
};

/** Signs that mean one thing in every language that has them, and what they are here. */
const foreignSigns: Readonly<Record<string, string>> = {
  "&&": "and",
  "||": "or",
  "**": "^",
  "×": "*",
  "·": "*",
  "−": "-",
  "–": "-",
  "≥": ">=",
  "≤": "<=",
  "≠": "!=",
};

function mendForeign(source: SourceFile, image: string, span: Span): readonly Fix[] {
  const sign = Object.hasOwn(foreignSigns, image) ? foreignSigns[image] : undefined;
  if (sign === undefined) return [];
  // Words need a space around them, and signs that only touch words do not.
  const isWord = /^\w/.test(sign);
  const before = isWord && /\S/.test(source.text.slice(span.start - 1, span.start)) ? " " : "";
  const after = isWord && /\S/.test(source.text.slice(span.end, span.end + 1)) ? " " : "";
  return [{ title: `write \`${sign}\``, edits: [{ span, newText: `${before}${sign}${after}` }], safe: true }];
}

function describeForeign(image: string): { readonly characters: string; readonly help: string | undefined } {
  const known = foreignHelp[image] ?? foreignHelp[image.slice(0, 1)];
  if (known !== undefined) return { characters: image, help: known };
  if (image.startsWith("'")) return { characters: image, help: 'texts stand in double quotes: `"…"`' };
  if (/\p{L}/u.test(image))
    return { characters: image, help: "a name is made of the letters a to z and A to Z, digits and `_`" };
  return { characters: visible(image), help: undefined };
}

/** Characters that a terminal would not show, by their code point. */
function visible(text: string): string {
  return Array.from(text, (character) =>
    /[\p{C}\p{Z}]/u.test(character)
      ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
      : character,
  ).join("");
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
