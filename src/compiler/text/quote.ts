import { replaceHidden } from "./hidden.js";

/** A text as a literal of the language: what a line cannot show is escaped, all else is unchanged. */
export function quote(value: string): string {
  const escape = (character: string): string =>
    shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
  return `"${replaceHidden(value.replace(/["\\]|[\uD800-\uDFFF]/gu, escape), escape)}"`;
}

const shortEscapes: Readonly<Record<string, string | undefined>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
