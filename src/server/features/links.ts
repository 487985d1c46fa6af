import type { DocumentLink } from "vscode-languageserver";
import type { Span } from "../../compiler/text/index.js";
import type { Analysis } from "../analysis/analysis.js";
import { toRange } from "../positions.js";

/** The paths of a file that lead to other specs. */
export function linksOf(
  { spec, source, path, compilation }: Analysis,
  uriOf: (path: string) => string,
): DocumentLink[] {
  return spec.declarations.flatMap((node) => {
    const written =
      node.kind === "Import" && node.from.kind === "String" ? node.from : node.kind === "Model" ? node.base : undefined;
    if (written === undefined) return [];
    const target = compilation.resolve(path, written.value);
    // The quotes are not part of the path.
    const inner: Pick<Span, "start" | "end"> = { start: written.span.start + 1, end: written.span.end - 1 };
    return compilation.files.has(target) ? [{ range: toRange(source, inner), target: uriOf(target) }] : [];
  });
}
