/** The files of a spec after a rename, for the check that it goes well. */
import { applyEdits, type TextEdit } from "../../compiler/diagnostics/index.js";
import type { Compilation, ParsedFile } from "../../compiler/compile.js";
import { renameInTree } from "../../compiler/syntax/index.js";
import { isStdPath } from "../../compiler/std/index.js";
import type { Span } from "../../compiler/text/index.js";

/** Makes a tree of the text of a file. */
export type Parse = (path: string, text: string) => ParsedFile;

/** The files, and where in them a place of before begins. */
export interface RenamedFiles {
  readonly files: (path: string) => ParsedFile | undefined;
  readonly shift: (span: Span) => number;
}

/** The files as their texts will be. */
export function renamedTexts(edits: readonly TextEdit[], { sources }: Compilation, parse: Parse): RenamedFiles {
  return {
    files: (path) => {
      const text = sources.get(path)?.text;
      return text === undefined ? undefined : parse(path, applyEdits(text, path, edits));
    },
    shift: (span) => shiftOf(span, edits),
  };
}

/**
 * The files with the new name put into the trees that there are: what is known of all that stays is known. Undefined where
 * the texts would have other trees.
 */
export function renamedInPlace(
  newName: string,
  edits: readonly TextEdit[],
  { sources }: Compilation,
  parse: Parse,
): RenamedFiles | undefined {
  if (edits.some(({ newText }) => newText !== newName)) return undefined;
  const files = new Map<string, ParsedFile>();
  for (const [path, { text }] of sources) {
    if (isStdPath(path)) continue;
    const file = parse(path, text);
    const places = edits.flatMap(({ span }) => (span.file === path ? [span] : []));
    if (places.length > 0 && file.diagnostics.length > 0) return undefined;
    const spec = places.length === 0 ? file.spec : renameInTree(file.spec, places, newName);
    if (spec === undefined) return undefined;
    files.set(path, { ...file, spec });
  }
  return { files: (path) => files.get(path), shift: ({ start }) => start };
}

/** Where a location begins after the edits. */
function shiftOf({ file, start }: Span, edits: readonly TextEdit[]): number {
  return edits
    .filter(({ span }) => span.file === file && span.start < start)
    .reduce((offset, { span, newText }) => offset + newText.length - (span.end - span.start), start);
}
