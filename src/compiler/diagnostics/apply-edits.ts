import type { TextEdit } from "./diagnostic.js";

/** A text with the edits of its file, which do not overlap. */
export function applyEdits(text: string, file: string, edits: readonly TextEdit[]): string {
  return edits
    .filter(({ span }) => span.file === file)
    .toSorted((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)
    .reduce((result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end), text);
}
