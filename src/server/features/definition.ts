import type { Span } from "../../compiler/text/index.js";
import { nodesAt, stdBlockAt, type Analysis } from "../analysis/analysis.js";
import { namesOf } from "../analysis/names.js";

/** Where the name at an offset is declared, or the file that a path at it means; undefined where there is neither. */
export function definitionAt(analysis: Analysis, offset: number): Span | undefined {
  const { compilation, path } = analysis;
  const occurrence = namesOf(compilation).at(path, offset);
  if (occurrence !== undefined) return occurrence.thing.at;
  const nodes = nodesAt(analysis, offset);
  const declaration = nodes[0];
  const written = nodes.at(-1);
  const block = stdBlockAt(analysis, nodes);
  if (block !== undefined) return { file: block, start: 0, end: 0 };
  if (written?.kind !== "String" || (declaration?.kind !== "Import" && declaration?.kind !== "Model")) return undefined;
  const target = compilation.resolve(path, written.value);
  return compilation.files.has(target) ? { file: target, start: 0, end: 0 } : undefined;
}
