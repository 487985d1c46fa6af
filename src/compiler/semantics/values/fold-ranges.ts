import type { Diagnostic } from "../../diagnostics/index.js";
import { visit, type Spec } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";

/** Diagnostics in which those of one code about several names of one range are one, with a note. */
export function foldRanges(diagnostics: readonly Diagnostic[], files: Iterable<Spec>): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const ranges: Span[] = [];
  for (const spec of files)
    visit(spec, (node) => {
      if (node.kind === "NameRange") ranges.push(node.span);
    });
  if (ranges.length === 0) return diagnostics;
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const keyOf = ({ code, span }: Diagnostic): string | undefined => {
    const range = ranges.find((each) => holds(each, span));
    return range === undefined ? undefined : `${code} ${range.file} ${range.start}`;
  };
  const firsts = diagnostics.filter((diagnostic) => {
    const key = keyOf(diagnostic);
    if (key === undefined) return true;
    if (seen.has(key)) repeated.add(key);
    return !repeated.has(key) && seen.add(key);
  });
  return firsts.map((diagnostic) =>
    repeated.has(keyOf(diagnostic) ?? "")
      ? { ...diagnostic, notes: [...diagnostic.notes, "the same holds for other names of this range"] }
      : diagnostic,
  );
}

function holds(range: Span, { file, start, end }: Span): boolean {
  return range.file === file && range.start <= start && end <= range.end;
}
