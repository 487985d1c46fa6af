import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenOf, parse, visit, type AnyNode } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { arbitrarySpec, arbitraryText, layOut, plainGaps, wildGaps } from "./arbitrary-spec.js";
import { withoutSpans } from "./tree.js";

const runs = { numRuns: 400, seed: 11 };

describe("random specs", () => {
  it("parse, words of the language as names included", () => {
    fc.assert(
      fc.property(arbitraryText(wildGaps), (text) => {
        expect(parse(createSourceFile("a.mtl", text)).diagnostics).toEqual([]);
      }),
      runs,
    );
  });

  it("say the same whatever the line breaks, spaces and comments", () => {
    const quiet = { ...wildGaps, separators: ["\n", ",", " // x\n"], declarations: ["\n", " ", " // x\n"] };
    fc.assert(
      fc.property(arbitrarySpec, fc.array(fc.nat(99), { minLength: 1, maxLength: 30 }), (spec, choices) => {
        const plain = parse(createSourceFile("a.mtl", layOut(spec, plainGaps, [0]))).spec;
        const wild = parse(createSourceFile("a.mtl", layOut(spec, quiet, choices))).spec;
        expect(withoutSpans(wild.declarations)).toEqual(withoutSpans(plain.declarations));
      }),
      runs,
    );
  });

  it("have a span on each node: inside its parent's, in order, and of the text that it stands for", () => {
    fc.assert(
      fc.property(arbitraryText(wildGaps), (text) => {
        const { spec } = parse(createSourceFile("a.mtl", text));
        expect(misplaced(spec, text)).toEqual([]);
        for (const { span } of spec.comments) expect(text.slice(span.start, span.end)).toMatch(/^\/\/[^\n\r]*$/);
      }),
      runs,
    );
  });
});

/** Nodes whose span is empty, not that of their text, or not in order inside their parent's. */
function misplaced(root: AnyNode, text: string): readonly string[] {
  const found: string[] = [];
  visit(root, (node) => {
    const { file, start, end } = node.span;
    if (file !== "a.mtl" || !(start < end) || (node.kind === "Name" && text.slice(start, end) !== node.text))
      found.push(`${node.kind} ${start}-${end}`);
    let last = start;
    for (const child of childrenOf(node)) {
      if (child.span.start < last || child.span.end > end) found.push(`${child.kind} in ${node.kind} ${start}-${end}`);
      last = child.span.end;
    }
  });
  return found;
}
