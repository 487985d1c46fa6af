/** Characters that nobody sees in a text, and texts that were not UTF-8 before they became one. */

/** A run of characters of a text that no editor shows, or that turn the direction of what follows. */
export interface HiddenCharacters {
  readonly start: number;
  readonly end: number;
  /** As `U+202E`, separated by spaces. */
  readonly names: string;
}

/** Flags of regions are written with characters that are hidden behind a flag; joiners hold letters and emoji together. */
const rightful = "\\u{1F3F4}[\\u{E0020}-\\u{E007E}]+\\u{E007F}|(?<=[^\\0-\\x7F])[\\u200C\\u200D](?=[^\\0-\\x7F])";
const hidden =
  "\\p{Cc}\\p{Zl}\\p{Zp}\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180E\\u200B-\\u200F\\u202A-\\u202E" +
  "\\u2060-\\u206F\\u3164\\uFEFF\\uFFA0\\uFFF9-\\uFFFB\\u{E0000}-\\u{E007F}";
const hiddenOrRightful = new RegExp(`${rightful}|([${hidden}\\uFFFD])`, "gu");

/** Where characters are that nobody sees, tabs and line ends apart; a byte order mark may begin the text. */
export function findHidden(text: string): readonly HiddenCharacters[] {
  const found: HiddenCharacters[] = [];
  for (const match of text.matchAll(hiddenOrRightful)) {
    const [whole, character] = match;
    if (character === undefined || "\t\n\r\uFFFD".includes(character)) continue;
    if (match.index === 0 && character === "\uFEFF") continue;
    const [name, end] = [codePointName(character), match.index + whole.length];
    const last = found.at(-1);
    if (last?.end !== match.index) found.push({ start: match.index, end, names: name });
    else found[found.length - 1] = { start: last.start, end, names: `${last.names} ${name}` };
  }
  return found;
}

/** A text in which each such character is replaced by `replace`, and so is one that stands for lost bytes. */
export function replaceHidden(text: string, replace: (character: string) => string): string {
  return text.replace(hiddenOrRightful, (whole, character: string | undefined) =>
    character === undefined ? whole : replace(character),
  );
}

/** `U+202E`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Where a text shows that its bytes were not UTF-8: a decoder has put U+FFFD for what it could not read, or every other
 * byte is zero. Undefined for a text that is one.
 */
export function encodingFault(text: string): { readonly at: number; readonly looksLike?: "UTF-16" } | undefined {
  const at = text.search(/[\0\uFFFD]/);
  if (at < 0) return undefined;
  const zeros = text.split("\0").length - 1;
  if (zeros * 4 > text.length) return { at: 0, looksLike: "UTF-16" };
  const lost = text.indexOf("\uFFFD");
  return lost < 0 ? undefined : { at: lost };
}
