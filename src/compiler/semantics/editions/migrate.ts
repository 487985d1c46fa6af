/** One file, rewritten for the newest edition: the same meaning in current words, comments and layout as they were. */
import { applyEdits, Reporter, type Diagnostic, type TextEdit } from "../../diagnostics/index.js";
import type { Edition } from "../../editions/index.js";
import { releaseFor } from "../../std/index.js";
import { parse, type Spec } from "../../syntax/index.js";
import { createSourceFile } from "../../text/index.js";
import { replaceAgingWords } from "./aging-words.js";
import { newestEdition, type Language } from "./language.js";

export interface Migrated {
  readonly text: string;
  /** Words that the newest edition deprecates or removes and that nothing takes the place of; for people to replace. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The text of a file that is written for `edition`, for the newest one. `declared` are the names that the spec's files
 * declare. A file with a word that the newest edition removes without a successor keeps its edition. The file must parse.
 */
export function migrateText(
  path: string,
  before: string,
  edition: Edition,
  declared: ReadonlySet<string>,
  language: Language,
): Migrated {
  const newest = newestEdition(language);
  const reporter = new Reporter();
  replaceAgingWords(treeOf(path, before), before, edition, declared, { ...language, target: newest }, reporter);
  const diagnostics = reporter.diagnostics.filter(({ fixes }) => fixes.length === 0);
  if (diagnostics.some(({ severity }) => severity === "error")) return { text: before, diagnostics };
  let text = applyEdits(
    before,
    path,
    reporter.diagnostics.flatMap(({ fixes }) => fixes.flatMap(({ edits }) => edits)),
  );
  for (const row of language.editions)
    if (row.edition > edition)
      for (const { rewrite } of row.changes) text = applyEdits(text, path, rewrite(treeOf(path, text), text));
  text = applyEdits(text, path, pinnedImports(treeOf(path, text), edition, newest, language));
  text = applyEdits(text, path, [editionLine(treeOf(path, text), text, newest)]);
  return { text, diagnostics };
}

function treeOf(path: string, text: string): Spec {
  return parse(createSourceFile(path, text)).spec;
}

/** Imports of the standard library keep the release that they had. */
function pinnedImports(spec: Spec, edition: Edition, newest: Edition, { std }: Language): readonly TextEdit[] {
  const release = releaseFor(edition, std);
  if (release === releaseFor(newest, std)) return [];
  return spec.declarations.flatMap((node): readonly TextEdit[] =>
    node.kind === "Import" && node.from.kind === "Name" && node.from.text === "std" && node.version === undefined
      ? [{ span: { ...node.from.span, start: node.from.span.end }, newText: ` ${release}` }]
      : [],
  );
}

/** `edition: year`, in the place of the one that is there, or above the first declaration and the comments on top of it. */
function editionLine(spec: Spec, text: string, newest: Edition): TextEdit {
  const written = spec.declarations.find((node) => node.kind === "Edition");
  if (written !== undefined) return { span: written.year.span, newText: String(newest) };
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const first = spec.declarations[0]?.span.start ?? text.length;
  let start = text.lastIndexOf("\n", first - 1) + 1;
  for (;;) {
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^\uFEFF?[ \t]*\/\//.test(text.slice(above, start))) break;
    start = above;
  }
  if (start === 0 && text.startsWith("\uFEFF")) start = 1;
  return { span: { file: spec.span.file, start, end: start }, newText: `edition: ${newest}${lineEnd}${lineEnd}` };
}
