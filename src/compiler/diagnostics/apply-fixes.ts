import type { SourceFile } from "../text/index.js";
import { applyEdits } from "./apply-edits.js";
import type { Diagnostic, TextEdit } from "./diagnostic.js";

/** What a check of some files found, and the texts that it read, by path. */
export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** Rounds of fixes: one fix may show the next mistake. */
const roundLimit = 20;

/**
 * The one rule of fixes without a question, for `mtlc check --fix` and an editor's `source.fixAll`: applies safe fixes in
 * rounds, checking after each one. A round is kept when it leaves fewer errors, or as many and fewer diagnostics in all or
 * fewer to fix: a fixed comma may show a misspelt name. `check` is given the texts that differ so far; `mayChange` says which files may. Gives the last kept check and the changed texts.
 */
export function fixSafely<C extends Checked>(
  found: C,
  check: (changed: ReadonlyMap<string, string>) => C,
  mayChange: (file: string) => boolean = () => true,
): { readonly checked: C; readonly changed: ReadonlyMap<string, string> } {
  let checked = found;
  let changed: ReadonlyMap<string, string> = new Map();
  for (let round = 0; round < roundLimit; round++) {
    const next = new Map(changed);
    for (const [file, { text }] of checked.sources) {
      const fixed = mayChange(file) ? applySafeFixes(file, text, checked.diagnostics) : text;
      if (fixed !== text) next.set(file, fixed);
    }
    if ([...next].every(([file, text]) => changed.get(file) === text)) break;
    const again = check(next);
    if (!isBetter(again, checked)) break;
    checked = again;
    changed = next;
  }
  return { checked, changed };
}

function isBetter(after: Checked, before: Checked): boolean {
  const count = ({ diagnostics }: Checked, counts: (each: Diagnostic) => boolean): number =>
    diagnostics.filter(counts).length;
  const isError = ({ severity }: Diagnostic): boolean => severity === "error";
  const isFixable = ({ fixes }: Diagnostic): boolean => fixes.some(({ safe }) => safe === true);
  const errors = count(after, isError) - count(before, isError);
  if (errors !== 0) return errors < 0;
  return after.diagnostics.length < before.diagnostics.length || count(after, isFixable) < count(before, isFixable);
}

/**
 * A file's text with the safe fixes to it; the same text when there is none. A fix that touches what another one changes
 * waits for the next round, and one that also edits other files is left out.
 */
export function applySafeFixes(file: string, text: string, diagnostics: readonly Diagnostic[]): string {
  return applyEdits(text, file, safeEdits(file, diagnostics));
}

function safeEdits(file: string, diagnostics: readonly Diagnostic[]): readonly TextEdit[] {
  const taken: TextEdit[] = [];
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe === true);
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    if (fix.edits.every((edit) => taken.every((other) => !touches(edit, other)))) taken.push(...fix.edits);
  }
  return taken;
}

function touches({ span: a }: TextEdit, { span: b }: TextEdit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
