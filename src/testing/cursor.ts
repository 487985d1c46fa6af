/** A cursor in the text of a spec, and what an editor shows there. */
import { MarkupContent } from "vscode-languageserver";
import { compileSpec } from "../compiler/compile.js";
import { createMemoryHost } from "../compiler/host.js";
import { declaredBy } from "../compiler/semantics/index.js";
import { createAnalysis, type Analysis } from "../server/analysis/analysis.js";
import { completionAt } from "../server/features/completion.js";
import { hoverAt as hoverOf } from "../server/features/hover.js";

/** Where the cursor is in the text of a test. */
export const marker = "<|>";

/** Files beside the spec that it imports: texts by their paths, such as `part.mtl`. */
export type OtherFiles = Readonly<Record<string, string>>;

export interface UnmarkedText {
  readonly text: string;
  /** Of the cursor, in UTF-16 units from 0. */
  readonly offset: number;
}

/** A text without its {@link marker}, and where that was. Throws when the text has none. */
export function unmark(marked: string): UnmarkedText {
  const offset = marked.indexOf(marker);
  if (offset < 0) throw new Error(`the text has no cursor: write ${marker} where it is`);
  return { text: marked.replace(marker, ""), offset };
}

/** A file of a spec, compiled as the editor would: `m.mtl`, with other files beside it. Throws when `path` is not one of them. */
export function analyze(text: string, others: OtherFiles = {}, path = "m.mtl"): Analysis {
  const compilation = compileSpec(
    "m.mtl",
    createMemoryHost({ ...others, ...(path === "m.mtl" ? { "m.mtl": text } : {}) }),
  );
  const analysis = createAnalysis(path, compilation);
  if (analysis === undefined) throw new Error(`there is no ${path}`);
  return analysis;
}

/** {@link analyze} of a text with a cursor in it. */
export function analyzeAt(
  marked: string,
  others: OtherFiles = {},
): { readonly analysis: Analysis; readonly offset: number } {
  const { text, offset } = unmark(marked);
  return { analysis: analyze(text, others), offset };
}

/** The labels that completion offers at the cursor, likelier ones first. Throws when the text has no cursor. */
export function completionsAt(marked: string, others: OtherFiles = {}): readonly string[] {
  const { analysis, offset } = analyzeAt(marked, others);
  const items = completionAt(analysis, offset, {
    snippets: true,
    files: () => Object.keys(others).map((path) => `./${path}`),
    exportsOf: (path) =>
      (analysis.compilation.files.get(path.replace(/^\.\//, ""))?.declarations ?? []).flatMap(declaredBy),
  });
  return items.toSorted((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1)).map(({ label }) => label);
}

/** What hovering over the cursor shows, as Markdown; empty when nothing does. Throws when the text has no cursor. */
export function hoverAt(marked: string, others: OtherFiles = {}): string {
  const { analysis, offset } = analyzeAt(marked, others);
  const contents = hoverOf(analysis, offset)?.contents;
  return MarkupContent.is(contents) ? contents.value : "";
}
