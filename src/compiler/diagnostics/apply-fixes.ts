import type { Diagnostic, TextEdit } from "./diagnostic.js";

/**
 * A file's text with the safe fixes of diagnostics applied, those that come first in the text first; a fix that touches
 * what another one changes waits for the next round, and one that also edits other files is left out. The same text when
 * there is nothing to do.
 */
export function applySafeFixes(file: string, text: string, diagnostics: readonly Diagnostic[]): string {
  const taken: TextEdit[] = [];
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe === true);
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    if (fix.edits.every((edit) => taken.every((other) => !touches(edit, other)))) taken.push(...fix.edits);
  }
  return taken
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end), text);
}

function touches({ span: a }: TextEdit, { span: b }: TextEdit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
