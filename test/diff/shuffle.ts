import type { Declaration, Spec } from "../../src/compiler/syntax/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

/** The same spec with its declarations, and the entries of its blocks, in an order that `pick` decides. */
export function shuffleDeclarations(text: string, pick: (below: number) => number): string {
  const { spec } = parse(createSourceFile("m.mtl", text));
  const slice = (node: { readonly span: Spec["span"] }): string => text.slice(node.span.start, node.span.end);
  const declarations = spec.declarations.map((node) => {
    const entries = entriesOf(node);
    if (entries === undefined) return slice(node);
    const [keyword = ""] = slice(node).split(/\s/);
    return `${keyword} {\n${shuffled(entries.map(slice), pick).join("\n")}\n}`;
  });
  return `${shuffled(declarations, pick).join("\n\n")}\n`;
}

/** Entries of blocks whose order says nothing. */
function entriesOf(node: Declaration): readonly { readonly span: Spec["span"] }[] | undefined {
  switch (node.kind) {
    case "Data":
    case "Features":
    case "Labels":
    case "Loss":
    case "Train":
    case "Metrics":
      return node.entries;
    default:
      return undefined;
  }
}

function shuffled<T>(items: readonly T[], pick: (below: number) => number): readonly T[] {
  const rest = [...items];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(pick(rest.length), 1));
  return result;
}
