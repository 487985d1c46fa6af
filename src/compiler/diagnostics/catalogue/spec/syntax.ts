import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

/** MTL1xxx: the text does not parse. */
export const syntaxDiagnostics = defineDiagnostics({
  MTL1001: {
    slug: "invalid-character",
    severity: "error",
    title: "invalid character",
    message: (p: { characters: string }) => `\`${p.characters}\` is not part of the language`,
    about:
      "A spec is written with letters from a to z, digits, `_`, and the signs of the language. Other characters may stand in texts and comments alone. Where the character is another language's way of writing something, the message says ours.",
  },
  MTL1002: {
    slug: "unclosed-text",
    severity: "error",
    title: "unclosed text",
    message: () => 'this text has no closing `"` on its line',
    about:
      "A text begins and ends with `\"` on one line. What follows an opening quote up to the line's end is left out, so nothing else is said about that line.",
  },
  MTL1003: {
    slug: "unknown-escape",
    severity: "error",
    title: "unknown escape sequence",
    message: (p: { escape: string }) =>
      `\`${p.escape}\` is not an escape; a text knows \`\\"\`, \`\\\\\`, \`\\n\`, \`\\r\`, \`\\t\` and \`\\u{1F600}\``,
    about:
      "In a text, a backslash begins an escape, and there are a few of them. A backslash itself, as in a Windows path or a regular expression, is written twice.",
  },
  MTL1004: {
    slug: "malformed-number",
    severity: "error",
    title: "malformed number",
    message: (p: { text: string; problem?: string }) =>
      `\`${p.text}\` is not a number${p.problem === undefined ? "" : `: ${p.problem}`}`,
    about:
      "Numbers are written `42`, `0.5`, `1e-6` or `1_000_000`; durations are a number and a unit: `500ms`, `30s`, `15m`, `2h`, `7d`, `1w`. A `_` stands between two digits.",
  },
  MTL1005: {
    slug: "invalid-date",
    severity: "error",
    title: "invalid date",
    message: (p: { text: string; problem: string }) => `\`${p.text}\` is not a date: ${p.problem}`,
    about:
      "Dates are `2026-11-05` or `2026-11-05T12:30:00Z`, and must be days and times that exist: there is no 30 February.",
  },
  MTL1006: {
    slug: "unexpected-token",
    severity: "error",
    title: "unexpected token",
    message: (p: { expected: string; after?: string | undefined; found?: string | undefined }) =>
      `expected ${p.expected}${p.after === undefined ? "" : ` after \`${p.after}\``}${p.found === undefined ? "" : `, found ${p.found}`}`,
    about:
      "The parser came to a word that cannot follow what stands before it. The message says what can. What follows is read from the next declaration on, so one slip does not hide the others.",
  },
  MTL1007: {
    slug: "unclosed-bracket",
    severity: "error",
    title: "unclosed bracket",
    message: (p: { open: string; close: string }) => `\`${p.open}\` is not closed: \`${p.close}\` is missing`,
    about:
      "An opening bracket has no closing one. The caret stands where the closing one was expected: before the next declaration, or at the end of the file.",
  },
  MTL1008: {
    slug: "unmatched-bracket",
    severity: "error",
    title: "unmatched closing bracket",
    message: (p: { close: string }) => `\`${p.close}\` closes nothing`,
    about: "A closing bracket has no opening one. Either one was deleted before it, or this one is left over.",
  },
  MTL1009: {
    slug: "missing-comma",
    severity: "error",
    title: "missing comma",
    message: (p: { what: string; newline: boolean }) =>
      `a comma${p.newline ? " or a line break" : ""} is missing between two ${p.what}`,
    about:
      "The elements of a list and the arguments of a call have commas between them; entries of a block have commas or line breaks. `mtlc check --fix` puts the comma in.",
  },
  MTL1010: {
    slug: "unknown-declaration",
    severity: "error",
    title: "unknown declaration",
    message: (p: { found: string; suggestion?: string | undefined }) =>
      `${p.found} does not begin a declaration${didYouMean(p.suggestion)}`,
    about:
      "Every declaration begins with a word that says what it is: `input`, `tower`, `task`, `loss` and so on. This word is none of them.",
  },
  MTL1011: {
    slug: "nesting-too-deep",
    severity: "error",
    title: "nesting too deep",
    message: (p: { what: string; limit: number }) => `${p.what} nest deeper than ${p.limit} levels here`,
    about:
      "Brackets or operators are nested deeper than any spec needs. The limit keeps the compiler's work bounded; name a part, and use the name.",
  },
  MTL1012: {
    slug: "chained-comparison",
    severity: "error",
    title: "chained comparison",
    message: () => "comparisons do not chain; join two of them with `and`",
    about:
      "`a < b < c` means three different things in three languages, so it means nothing here. Write both comparisons and join them.",
  },
  MTL1013: {
    slug: "reserved-word",
    severity: "error",
    title: "reserved word used as a name",
    message: (p: { word: string }) => `\`${p.word}\` is a word of the language and cannot be a name`,
    about:
      "A few words mean the same everywhere in the language, such as `not`, `and`, `true`, and cannot be names. All other words can.",
  },
  MTL1014: {
    slug: "unknown-keyword",
    severity: "error",
    title: "unknown keyword",
    message: (p: { found: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.found}\` is not ${p.what}${p.suggestion === undefined ? `; there are ${joinNames(p.known)}` : didYouMean(p.suggestion)}`,
    about: "At this place one of a few words stands, and this is none of them.",
  },
  MTL1016: {
    slug: "not-utf8",
    severity: "error",
    title: "file is not UTF-8",
    message: (p: { looksLike?: "UTF-16" | undefined }) =>
      `this file is not UTF-8 text${p.looksLike === undefined ? "" : ` (it looks like ${p.looksLike})`}; save it as UTF-8`,
    about:
      "Specs are UTF-8. A file in another encoding, such as Latin-1, GBK or UTF-16, would be read as other characters than were written, and writing it back would lose them, so that nothing of it is read and nothing is written. Convert it: `iconv -f GBK -t UTF-8`.",
  },
  MTL1017: {
    slug: "not-a-spec",
    severity: "error",
    title: "imported file is not a spec",
    message: (p: { path: string }) => `\`${p.path}\` is not a spec: its name does not end in \`.mtl\``,
    about:
      "`import` and `extends` read specs, whose names end in `.mtl`. No other file is opened, whatever path a spec names, so that a spec of others can be checked without it looking at other files.",
  },
  MTL1018: {
    slug: "invalid-former-name",
    severity: "error",
    title: "invalid former name",
    message: (p: { problem: string }) => p.problem,
    about:
      "`formerly: { new: old }` in the `train` block says what a feature, a part of the network or a head was called in an earlier model, so that its weights are found there. The new name is declared, the old one is not, and stands once. Two parts may have changed names with each other.",
  },
  MTL1015: {
    slug: "missing-task-type",
    severity: "error",
    title: "missing task type",
    message: (p: { task: string }) => `task \`${p.task}\` does not say what it predicts`,
    about:
      "A task says what it predicts: the probability of an event, `P(buy | click)`, an expected amount, `E(stay | click)`, or a `score`. Its label, its sample space, and the losses and metrics that fit follow from that.",
  },
});
