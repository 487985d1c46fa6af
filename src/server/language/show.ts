/** Pieces of Markdown and one-line texts that several features show. */
import { showShape, showType, type ValueType } from "../../compiler/semantics/index.js";
import type { AnyNode } from "../../compiler/syntax/index.js";
import type { Span } from "../../compiler/text/index.js";
import { typeOf, type Analysis } from "../analysis/analysis.js";
import type { NamedThing } from "../analysis/thing.js";

/** Lines of a declaration that hover shows. */
const shownLines = 12;

export function codeBlock(text: string): string {
  return `\`\`\`mtl\n${text}\n\`\`\``;
}

/** The text of a place, cut after some lines; empty for a file that was not read. */
export function textAt({ compilation }: Analysis, { file, start, end }: Span): string {
  const text = compilation.sources.get(file)?.text.slice(start, end) ?? "";
  const lines = text.split(/\r\n|\r|\n/);
  return lines.length <= shownLines ? lines.join("\n") : [...lines.slice(0, shownLines - 1), "…"].join("\n");
}

/** `[64]`, `8 × [64]`, `P(buy | click)`, `number (yuan) in [0, ∞)`: a type as inlay hints and outlines show it. */
export function shortType(type: ValueType, { tables }: Analysis): string {
  if (type.kind === "tensor")
    return type.replicas === undefined ? showShape(type.shape) : `${type.replicas} × ${showShape(type.shape)}`;
  return showType(type, tables.within).replace(/^an? /, "");
}

/** The type of what declares a thing; undefined where it has none. */
export function typeOfThing(analysis: Analysis, { symbol }: NamedThing): ValueType | undefined {
  if (symbol === undefined || symbol.kind === "event") return undefined;
  return typeOf(analysis, symbol.declaration);
}

/** The doc comment of a node, where it may have one. */
export function docOf(node: AnyNode): string | undefined {
  return "doc" in node && typeof node.doc === "string" ? node.doc : undefined;
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
