import type { SymbolInformation } from "vscode-languageserver";
import type { ParsedFile } from "../../compiler/compile.js";
import { declaredBy, lookOf } from "../../compiler/semantics/index.js";
import { withoutOverride } from "../analysis/names.js";
import { lspKinds } from "../language/lsp-kinds.js";
import { toRange } from "../positions.js";

/** Names that one answer holds at most. */
const limit = 500;

/** Declared names of many files whose letters hold those of the query in their order. */
export function workspaceSymbols(
  files: readonly ParsedFile[],
  query: string,
  uriOf: (path: string) => string,
): readonly SymbolInformation[] {
  const found: SymbolInformation[] = [];
  for (const { source, spec } of files)
    for (const declaration of spec.declarations)
      for (const { kind, name, at } of declaredBy(withoutOverride(declaration))) {
        if (found.length === limit) return found;
        if (!matches(name, query)) continue;
        found.push({
          name,
          kind: lspKinds[lookOf(kind).icon],
          location: { uri: uriOf(source.path), range: toRange(source, at.span) },
          containerName: kind,
        });
      }
  return found;
}

function matches(name: string, query: string): boolean {
  const letters = name.toLowerCase();
  let from = 0;
  for (const letter of query.toLowerCase()) {
    from = letters.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
