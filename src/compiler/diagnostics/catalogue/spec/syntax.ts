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
      "A spec consists of letters from a to z, digits, `_` and the signs of the language. Other characters may appear only in texts and comments. Where the character is how another language writes something, the message gives the form of this one.",
    fix: "Remove the character, or put it into a text in quotes.",
  },
  MTL1002: {
    slug: "unclosed-text",
    severity: "error",
    title: "unclosed text",
    message: () => 'this text has no closing `"` on its line',
    about:
      'A text begins and ends with `"` on one line. The rest of the line after an opening quote is skipped, so no other error is reported for that line.',
    fix: 'Close the text with `"` on the same line.',
  },
  MTL1003: {
    slug: "unknown-escape",
    severity: "error",
    title: "unknown escape sequence",
    message: (p: { escape: string }) =>
      `\`${p.escape}\` is not an escape sequence; a text may have \`\\"\`, \`\\\\\`, \`\\n\`, \`\\r\`, \`\\t\` and \`\\u{1F600}\``,
    about:
      "In a text, a backslash begins an escape sequence, and there are only a few of them. A backslash itself, as in a Windows path or a regular expression, is written twice.",
    fix: "Write the backslash twice, or use one of the escapes that the message lists.",
  },
  MTL1004: {
    slug: "malformed-number",
    severity: "error",
    title: "malformed number",
    message: (p: { text: string; problem?: string }) =>
      `\`${p.text}\` is not a number${p.problem === undefined ? "" : `: ${p.problem}`}`,
    about:
      "Numbers are written `42`, `0.5`, `1e-6` or `1_000_000`; durations are a number and a unit: `500ms`, `30s`, `15m`, `2h`, `7d`, `1w`. A `_` is only valid between two digits.",
    fix: "Write the number or the duration in one of these forms.",
  },
  MTL1005: {
    slug: "invalid-date",
    severity: "error",
    title: "invalid date",
    message: (p: { text: string; problem: string }) => `\`${p.text}\` is not a date: ${p.problem}`,
    about:
      "Dates are `2026-11-05` or `2026-11-05T12:30:00Z`, and must be days and times that exist: there is no 30 February.",
    fix: "Write a date of the calendar.",
  },
  MTL1006: {
    slug: "unexpected-token",
    severity: "error",
    title: "unexpected token",
    message: (p: { expected: string; after?: string | undefined; found?: string | undefined }) =>
      `expected ${p.expected}${p.after === undefined ? "" : ` after \`${p.after}\``}${p.found === undefined ? "" : `, found ${p.found}`}`,
    about:
      "The parser met a token that cannot follow the ones before it. The message lists what is expected. Parsing continues at the next declaration, so that one error does not hide others.",
    fix: "Write what the message expects at this location.",
  },
  MTL1007: {
    slug: "unclosed-bracket",
    severity: "error",
    title: "unclosed bracket",
    message: (p: { open: string; close: string }) => `\`${p.open}\` is not closed: \`${p.close}\` is missing`,
    about:
      "An opening bracket is not closed. The caret points to where the closing bracket was expected: before the next declaration, or at the end of the file.",
    fix: "Add the closing bracket.",
  },
  MTL1008: {
    slug: "unmatched-bracket",
    severity: "error",
    title: "unmatched closing bracket",
    message: (p: { close: string }) => `\`${p.close}\` has no opening bracket`,
    about: "A closing bracket has no opening one. Either the opening one was deleted, or this one is left over.",
    fix: "Remove the bracket, or add the opening one.",
  },
  MTL1009: {
    slug: "missing-comma",
    severity: "error",
    title: "missing comma",
    message: (p: { what: string; newline: boolean }) =>
      `a comma${p.newline ? " or a line break" : ""} is missing between two ${p.what}`,
    about:
      "Commas separate the elements of a list and the arguments of a call; commas or line breaks separate the entries of a block.",
    fix: "Add the comma: `mtlc check --fix` does.",
  },
  MTL1010: {
    slug: "unknown-declaration",
    severity: "error",
    title: "unknown declaration",
    message: (p: { found: string; suggestion?: string | undefined }) =>
      `${p.found} does not begin a declaration${didYouMean(p.suggestion)}`,
    about:
      "Every declaration begins with a keyword: `input`, `tower`, `task`, `loss` and so on. This word is not one of them.",
    fix: "Write the keyword that the message suggests, or remove the word.",
  },
  MTL1011: {
    slug: "nesting-too-deep",
    severity: "error",
    title: "nesting too deep",
    message: (p: { what: string; limit: number }) => `${p.what} nest deeper than ${p.limit} levels here`,
    about: "Brackets or operators are nested deeper than any spec needs. The limit bounds the work of the compiler.",
    fix: "Declare an inner part under a name, and use the name.",
  },
  MTL1012: {
    slug: "chained-comparison",
    severity: "error",
    title: "chained comparison",
    message: () => "comparisons cannot be chained; join two of them with `and`",
    about: "`a < b < c` means three different things in three languages, so it is not valid here.",
    fix: "Write both comparisons and join them: `a < b and b < c`.",
  },
  MTL1013: {
    slug: "reserved-word",
    severity: "error",
    title: "reserved word used as a name",
    message: (p: { word: string }) => `\`${p.word}\` is a keyword and cannot be a name`,
    about:
      "A few keywords, such as `not`, `and` and `true`, are reserved everywhere and cannot be names. All other words can.",
    fix: "Choose another name.",
  },
  MTL1014: {
    slug: "unknown-keyword",
    severity: "error",
    title: "unknown keyword",
    message: (p: { found: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.found}\` is not ${p.what}${p.suggestion === undefined ? `; expected ${joinNames(p.known, "or")}` : didYouMean(p.suggestion)}`,
    about: "Only a few keywords are valid at this location, and this is not one of them.",
    fix: "Write one of the keywords that the message lists.",
  },
  MTL1016: {
    slug: "not-utf8",
    severity: "error",
    title: "file is not UTF-8",
    message: (p: { looksLike?: "UTF-16" | undefined }) =>
      `this file is not UTF-8 text${p.looksLike === undefined ? "" : ` (it looks like ${p.looksLike})`}; save it as UTF-8`,
    about:
      "Specs are UTF-8. A file in another encoding, such as Latin-1, GBK or UTF-16, would be read as other characters than were written, and writing it back would lose them, so it is neither read nor written.",
    fix: "Convert the file: `iconv -f GBK -t UTF-8`.",
  },
  MTL1017: {
    slug: "not-a-spec",
    severity: "error",
    title: "imported file is not a spec",
    message: (p: { path: string }) => `\`${p.path}\` is not a spec: its name does not end in \`.mtl\``,
    about:
      "`import` and `extends` read specs, whose names end in `.mtl`. No other file is opened, whatever path a spec names, so that checking the spec of somebody else is safe.",
    fix: "Name a file that ends in `.mtl`.",
  },
  MTL1018: {
    slug: "invalid-former-name",
    severity: "error",
    title: "invalid former name",
    message: (p: { problem: string }) => p.problem,
    about:
      "`formerly: { new: old }` in the `train` block says how a feature, a part of the network or a head was called in an earlier model, so that a warm start finds its weights. The new name must be declared, the old one must not be, and each appears once. Two parts may swap names.",
    fix: "Write the current name on the left and the earlier one on the right.",
  },
  MTL1015: {
    slug: "missing-task-type",
    severity: "error",
    title: "missing task type",
    message: (p: { task: string }) => `task \`${p.task}\` does not state what it predicts`,
    about:
      "A task states what it predicts: the probability of an event, `P(buy | click)`, an expected amount, `E(stay | click)`, or a `score`. Its label, its sample space, and the losses and metrics that fit it follow from that.",
    fix: "State the type after the name: `task ctr: P(click) = …`. A product of other tasks is a `chain`.",
  },
});
