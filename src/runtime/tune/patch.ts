/** New values of parameters as a change of the spec's text: every other character stays. */
import type { Spec } from "../../compiler/syntax/index.js";
import { numberText, type Span } from "../../compiler/text/index.js";

/** A parameter of the model with the value that it shall have. */
export interface ParamChange {
  readonly name: string;
  /** Of its entry in the `params` block. */
  readonly span: Span;
  readonly value: number;
}

export interface PatchedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The files with the values put in, those that change. A file in the layout that `format` gives stays in it. Throws when an entry is not
 * in the files: the caller took spans and files from different compilations.
 */
export async function patchParams(
  files: ReadonlyMap<string, { readonly text: string; readonly spec: Spec }>,
  changes: readonly ParamChange[],
  format: (text: string) => Promise<string>,
): Promise<readonly PatchedFile[]> {
  const edits = new Map<string, { readonly span: Span; readonly text: string }[]>();
  for (const change of changes) {
    const span = valueSpan(files.get(change.span.file)?.spec, change);
    const own = edits.get(change.span.file) ?? [];
    own.push({ span, text: numberText(change.value) });
    edits.set(change.span.file, own);
  }
  const patched: PatchedFile[] = [];
  for (const [path, found] of edits) {
    const before = files.get(path)?.text ?? "";
    let after = before;
    for (const { span, text } of found.sort((a, b) => b.span.start - a.span.start)) {
      const old = after.slice(span.start, span.end);
      // The same number in other digits is not a change.
      if (Number(old.replaceAll("_", "")) === Number(text)) continue;
      after = after.slice(0, span.start) + text + after.slice(span.end);
    }
    if (after === before) continue;
    const isCanonical = (await format(before)) === before;
    patched.push({ path, before, after: isCanonical ? await format(after) : after });
  }
  return patched;
}

function valueSpan(spec: Spec | undefined, { name, span }: ParamChange): Span {
  for (const declaration of spec?.declarations ?? []) {
    if (declaration.kind !== "Params") continue;
    const entry = declaration.entries.find(
      (each) => each.name.text === name && each.span.start === span.start && each.span.end === span.end,
    );
    if (entry !== undefined) return entry.value.span;
  }
  throw new Error(`the files have no entry of the parameter ${name}`);
}

/**
 * The value with at most four significant digits and no finer than a ten-thousandth of the range's power of ten, kept inside of the
 * range: what a log can tell apart, and a reader as well.
 */
export function roundInside(value: number, low: number, high: number): number {
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 4);
  const coarse = Number((Math.round(value / step) * step).toPrecision(4));
  return Math.min(high, Math.max(low, coarse));
}
