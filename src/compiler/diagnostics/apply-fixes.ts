import type { Diagnostic, TextEdit } from "./diagnostic.js";

/**
 * The edits of safe fixes to a file, those that come first in the text first; a fix that touches what another one changes
 * waits for the next round, and one that also edits other files is left out.
 */
export function safeEdits(file: string, diagnostics: readonly Diagnostic[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe === true);
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    if (fix.edits.every((edit) => taken.every((other) => !touches(edit, other)))) taken.push(...fix.edits);
  }
  return taken;
}

/** A file's text with its {@link safeEdits}; the same text when there is nothing to do. */
export function applySafeFixes(file: string, text: string, diagnostics: readonly Diagnostic[]): string {
  return safeEdits(file, diagnostics)
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end), text);
}

function touches({ span: a }: TextEdit, { span: b }: TextEdit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
