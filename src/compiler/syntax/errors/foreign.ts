/** What other languages and other keyboards write, reported with what to write here. */
import { own } from "../../text/index.js";
import type { Fix, Reporter, TextEdit } from "../../diagnostics/index.js";
import type { SourceFile, Span } from "../../text/index.js";

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

/** Signs that an input method writes in place of those of the language. */
const twins: Readonly<Record<string, string>> = {
  "，": ",",
  "、": ",",
  "：": ":",
  "（": "(",
  "）": ")",
  "［": "[",
  "］": "]",
  "【": "[",
  "】": "]",
  "｛": "{",
  "｝": "}",
  "＝": "=",
  "＋": "+",
  "－": "-",
  "＊": "*",
  "／": "/",
  "＜": "<",
  "＞": ">",
  "｜": "|",
  "＆": "&",
  "．": ".",
  "。": ".",
  "＂": '"',
  "“": '"',
  "”": '"',
  "‘": '"',
  "’": '"',
  "　": " ",
};

const twinsOnly = new RegExp(`[${Object.keys(twins).join("")}]`, "g");
const quotes = /[＂“”‘’]/;

interface ForeignToken {
  readonly image: string;
  readonly startOffset: number;
}

/**
 * Reports what is not a token of the language and gives the places. Signs with a twin in ASCII are one message, however many
 * a file has: one wrong setting of a keyboard.
 */
export function reportForeign(
  source: SourceFile,
  reporter: Reporter,
  tokens: readonly ForeignToken[],
): readonly Span[] {
  const edits: TextEdit[] = [];
  const faults: Span[] = [];
  for (const { image, startOffset } of tokens) {
    const span = { file: source.path, start: startOffset, end: startOffset + image.length };
    faults.push(span);
    const own = [...image.matchAll(twinsOnly)].map(({ 0: sign, index }) => ({
      span: { ...span, start: startOffset + index, end: startOffset + index + sign.length },
      newText: twins[sign] ?? "",
    }));
    edits.push(...own);
    // What is between quotes becomes a text with them.
    if (own.length > 0 && quotes.test(image)) continue;
    for (const rest of image.matchAll(/[^，、：（）［］【】｛｝＝＋－＊／＜＞｜＆．。＂“”‘’　]+/g)) {
      const start = startOffset + rest.index;
      reportOther(source, reporter, rest[0], { ...span, start, end: start + rest[0].length });
    }
  }
  reportTwins(source, reporter, edits);
  return faults;
}

function reportTwins(source: SourceFile, reporter: Reporter, edits: readonly TextEdit[]): void {
  const [first] = edits;
  if (first === undefined) return;
  const sign = source.text.slice(first.span.start, first.span.end);
  const written = first.newText === " " ? "a space" : `\`${first.newText}\``;
  reporter.report("MTL1001", { characters: visible(sign) }, first.span, {
    ...(edits.length === 1 ? {} : { notes: [`${edits.length - 1} more such signs are in this file`] }),
    help: `write ${written}: signs are those of ASCII${edits.length === 1 ? "" : "; `mtlc check --fix` writes all of them"}`,
    fixes: [{ title: "write the signs of ASCII", edits, safe: true }],
  });
}

function reportOther(source: SourceFile, reporter: Reporter, image: string, span: Span): void {
  const { characters, help } = describeForeign(image, wordAround(source, span));
  reporter.report("MTL1001", { characters }, span, {
    ...(help === undefined ? {} : { help }),
    fixes: fixForeign(source, image, span),
  });
}

/** The word of any letters that a place is part of. */
function wordAround({ text }: SourceFile, { start, end }: Span): string {
  const before = /[\p{L}\p{N}_]*$/u.exec(text.slice(Math.max(0, start - 100), start))?.[0] ?? "";
  const after = /^[\p{L}\p{N}_]*/u.exec(text.slice(end, end + 100))?.[0] ?? "";
  return before + text.slice(start, end) + after;
}

function fixForeign(source: SourceFile, image: string, span: Span): readonly Fix[] {
  const sign = Object.hasOwn(foreignSigns, image) ? foreignSigns[image] : undefined;
  if (sign === undefined) return [];
  // Words need a space around them, and signs that only touch words do not.
  const isWord = /^\w/.test(sign);
  const before = isWord && /\S/.test(source.text.slice(span.start - 1, span.start)) ? " " : "";
  const after = isWord && /\S/.test(source.text.slice(span.end, span.end + 1)) ? " " : "";
  return [{ title: `write \`${sign}\``, edits: [{ span, newText: `${before}${sign}${after}` }], safe: true }];
}

function describeForeign(
  image: string,
  word: string,
): { readonly characters: string; readonly help: string | undefined } {
  const known = own(foreignHelp, image) ?? own(foreignHelp, image.slice(0, 1));
  if (known !== undefined) return { characters: image, help: known };
  if (image.startsWith("'")) return { characters: image, help: 'texts go in double quotes: `"…"`' };
  if (/\p{L}/u.test(image))
    return {
      characters: image,
      help:
        "a name is made of the letters a to z and A to Z, digits and `_`; " +
        `a column is named in quotes: \`column: "${word}"\` in a feature, \`column("${word}")\` elsewhere`,
    };
  return { characters: visible(image), help: undefined };
}

/** Characters that a terminal would not show, by their code point. */
export function visible(text: string): string {
  return Array.from(text, (character) =>
    /[\p{C}\p{Z}]/u.test(character)
      ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
      : character,
  ).join("");
}
