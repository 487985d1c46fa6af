import { defineDiagnostics } from "../define.js";

/** MTL1xxx: the text does not parse. */
export const syntaxDiagnostics = defineDiagnostics({
  MTL1001: {
    severity: "error",
    title: "character that the language does not use",
    message: (p: { characters: string }) => `\`${p.characters}\` is not part of the language`,
  },
  MTL1002: {
    severity: "error",
    title: "text without its closing quote",
    message: () => 'this text has no closing `"` on its line',
  },
  MTL1003: {
    severity: "error",
    title: "unknown escape in a text",
    message: (p: { escape: string }) =>
      `\`${p.escape}\` is not an escape; a text knows \`\\"\`, \`\\\\\`, \`\\n\`, \`\\r\`, \`\\t\` and \`\\u{1F600}\``,
  },
  MTL1004: {
    severity: "error",
    title: "malformed number",
    message: (p: { text: string; problem?: string }) =>
      `\`${p.text}\` is not a number${p.problem === undefined ? "" : `: ${p.problem}`}`,
  },
  MTL1005: {
    severity: "error",
    title: "date that no calendar has",
    message: (p: { text: string; problem: string }) => `\`${p.text}\` is not a date: ${p.problem}`,
  },
  MTL1006: {
    severity: "error",
    title: "something else should stand here",
    message: (p: { expected: string; after?: string | undefined; found?: string | undefined }) =>
      `expected ${p.expected}${p.after === undefined ? "" : ` after \`${p.after}\``}${p.found === undefined ? "" : `, found ${p.found}`}`,
  },
  MTL1007: {
    severity: "error",
    title: "bracket that is never closed",
    message: (p: { open: string; close: string }) => `\`${p.open}\` is not closed: \`${p.close}\` is missing`,
  },
  MTL1008: {
    severity: "error",
    title: "closing bracket without its opening one",
    message: (p: { close: string }) => `\`${p.close}\` closes nothing`,
  },
  MTL1009: {
    severity: "error",
    title: "missing comma",
    message: (p: { what: string; newline: boolean }) =>
      `a comma${p.newline ? " or a line break" : ""} is missing between two ${p.what}`,
  },
  MTL1010: {
    severity: "error",
    title: "unknown declaration",
    message: (p: { found: string; suggestion?: string | undefined }) =>
      `${p.found} does not begin a declaration${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL1011: {
    severity: "error",
    title: "nesting too deep",
    message: (p: { what: string; limit: number }) => `${p.what} nest deeper than ${p.limit} levels here`,
  },
  MTL1012: {
    severity: "error",
    title: "comparisons in a chain",
    message: () => "comparisons do not chain; join two of them with `and`",
  },
  MTL1013: {
    severity: "error",
    title: "reserved word as a name",
    message: (p: { word: string }) => `\`${p.word}\` is a word of the language and cannot be a name`,
  },
  MTL1014: {
    severity: "error",
    title: "unknown word where one of a few stands",
    message: (p: { found: string; what: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `\`${p.found}\` is not ${p.what}${p.suggestion === undefined ? `; there are ${p.known.map((word) => `\`${word}\``).join(", ")}` : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL1016: {
    severity: "error",
    title: "file that is not UTF-8",
    message: (p: { looksLike?: "UTF-16" | undefined }) =>
      `this file is not UTF-8 text${p.looksLike === undefined ? "" : ` (it looks like ${p.looksLike})`}; save it as UTF-8`,
  },
  MTL1017: {
    severity: "error",
    title: "import of a file that is not a spec",
    message: (p: { path: string }) => `\`${p.path}\` is not a spec: its name does not end in \`.mtl\``,
  },
  MTL1018: {
    severity: "error",
    title: "former name that cannot be",
    message: (p: { problem: string }) => p.problem,
  },
  MTL1015: {
    severity: "error",
    title: "task without its type",
    message: (p: { task: string }) => `task \`${p.task}\` does not say what it predicts`,
  },
});
