/** Diagnostics on the terminal, with the lines of the files that they point into. */
import { readFileSync } from "node:fs";
import { type Diagnostic, renderFooter, renderJson, renderPretty } from "../compiler/diagnostics/index.js";
import { createSourceFile, type SourceFile } from "../compiler/text/index.js";
import type { Terminal } from "./terminal.js";

/** On `err`, as people read them; `footer` counts them. */
export function showDiagnostics(
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  options: { readonly footer?: boolean; readonly sources?: ReadonlyMap<string, SourceFile> } = {},
): void {
  if (diagnostics.length === 0) return;
  const color = terminal.errStyle.bold("") !== "";
  const sources = new Map([...sourcesOf(diagnostics), ...(options.sources ?? [])]);
  terminal.err(renderPretty(diagnostics, sources, { color, width: Math.min(terminal.width, 120) }));
  const footer = options.footer === true ? renderFooter(diagnostics, { color }) : "";
  if (footer !== "") terminal.err(`\n${footer}\n`);
}

/** As one JSON document, of a stream on one line. `sources` are the texts that are not on the disk. */
export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile> = new Map(),
  isStream = false,
): string {
  const all = new Map([...sourcesOf(diagnostics), ...sources]);
  return `${renderJson(diagnostics, all, isStream ? { indent: 0 } : {})}\n`;
}

/** The files that diagnostics name, as far as they can be read. */
export function sourcesOf(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, SourceFile> {
  const paths = new Set(
    diagnostics.flatMap(({ span, labels }) => [span, ...labels.map((label) => label.span)].map(({ file }) => file)),
  );
  const sources = new Map<string, SourceFile>();
  for (const path of paths) {
    // A diagnostic about data names a file that may be large and is not a text to show.
    if (!path.endsWith(".mtl")) continue;
    try {
      sources.set(path, createSourceFile(path, readFileSync(path, "utf8")));
    } catch {
      // Shown without its line.
    }
  }
  return sources;
}
