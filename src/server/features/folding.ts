import { FoldingRangeKind, type FoldingRange } from "vscode-languageserver";
import type { ParsedFile } from "../../compiler/compile.js";
import { visit, type AnyNode } from "../../compiler/syntax/index.js";
import { omitUndefined, positionAt } from "../../compiler/text/index.js";

/** Nodes that fold when they take more than one line. */
const foldable: ReadonlySet<AnyNode["kind"]> = new Set<AnyNode["kind"]>([
  "List",
  "Record",
  "Call",
  "TestCandidate",
  "Rule",
  "Entry",
  "Feature",
  "FeatureGroup",
]);

/** What can be folded: blocks and whatever takes several lines, runs of comments, runs of imports. */
export function foldingOf({ source, spec }: Pick<ParsedFile, "source" | "spec">): FoldingRange[] {
  const ranges = new Map<string, FoldingRange>();
  const lineOf = (offset: number): number => positionAt(source, offset).line - 1;
  const put = (startLine: number, endLine: number, kind?: FoldingRangeKind): void => {
    const key = `${startLine}:${kind ?? ""}`;
    const known = ranges.get(key);
    // Of two that begin on one line, the larger one: editors show one arrow.
    if (endLine > startLine && (known === undefined || known.endLine < endLine))
      ranges.set(key, { startLine, endLine, ...omitUndefined({ kind }) });
  };
  for (const declaration of spec.declarations)
    visit(declaration, (node) => {
      if (node === declaration || foldable.has(node.kind)) {
        const last = lineOf(node.span.end);
        // The closing bracket's line stays in sight.
        const closes = /^\s*[\])}]+,?\s*$/.test(
          source.text.slice(source.lineStarts[last], source.lineStarts[last + 1]),
        );
        put(lineOf(node.span.start), closes ? last - 1 : last);
      }
    });
  for (const run of runsOf(spec.comments.filter(startsItsLine(source.text)), lineOf))
    put(run[0], run[1], FoldingRangeKind.Comment);
  const imports = spec.declarations.filter(({ kind }) => kind === "Import");
  for (const run of runsOf(imports, lineOf)) put(run[0], run[1], FoldingRangeKind.Imports);
  return [...ranges.values()].sort((a, b) => a.startLine - b.startLine);
}

function startsItsLine(text: string): (node: AnyNode) => boolean {
  return ({ span }) => /^[ \t]*$/.test(text.slice(text.lastIndexOf("\n", span.start - 1) + 1, span.start));
}

/** First and last line of nodes that are on lines one after the other. */
function runsOf(nodes: readonly AnyNode[], lineOf: (offset: number) => number): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const { span } of nodes) {
    const [start, end] = [lineOf(span.start), lineOf(span.end)];
    const last = runs.at(-1);
    if (last !== undefined && start <= last[1] + 1) last[1] = end;
    else runs.push([start, end]);
  }
  return runs;
}
