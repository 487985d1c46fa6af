import { replaceHidden } from "../../compiler/text/index.js";

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text of somebody's data for a terminal: line breaks, escape sequences and characters that nobody sees or that turn the
 * direction of a line appear as the escapes that a spec would write.
 */
export function visibleText(text: string): string {
  return replaceHidden(
    text,
    (character) => short[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}
