import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { childrenOf, parse, pathAt, visit, type AnyNode, type Spec } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

const texts = ["feed.mtl", "models.mtl", "fusion.mtl"].map((name) =>
  readFileSync(join(import.meta.dirname, "../fixtures/syntax", name), "utf8"),
);
const specOf = (text: string): Spec => parse(createSourceFile("a.mtl", text)).spec;

describe("childrenOf", () => {
  it("gives every node that a node holds, and no other", () => {
    const kinds = new Set<string>();
    for (const text of texts) {
      visit(specOf(text), (node) => {
        kinds.add(node.kind);
        const held = Object.entries(node)
          .filter(([key]) => key !== "comments")
          .flatMap(([, value]) => (Array.isArray(value) ? value : [value]) as readonly unknown[])
          .filter(isNode);
        expect(new Set(childrenOf(node))).toEqual(new Set(held));
      });
    }
    // All but the nodes of broken texts, and comments, which are beside the tree.
    expect(kinds.size).toBeGreaterThanOrEqual(70);
  });
});

describe("visit", () => {
  it("goes from parents to children in the order of the text, and leaves out what it is told to", () => {
    const spec = specOf("task t: P(a) = f(b)\ninput x = c");
    const all: string[] = [];
    visit(spec, (node) => {
      all.push(node.kind);
    });
    expect(all.slice(0, 6)).toEqual(["Spec", "Task", "Name", "ProbabilityType", "EventName", "Name"]);
    const some: string[] = [];
    visit(spec, (node) => {
      some.push(node.kind);
      return node.kind !== "Task";
    });
    expect(some).toEqual(["Spec", "Task", "Network", "Name", "NameExpression", "Name"]);
  });
});

describe("pathAt", () => {
  it("finds the innermost node at an offset, with the ones around it", () => {
    const text = "input x = f(a, bcd)";
    const kinds = pathAt(specOf(text), text.indexOf("cd")).map((node) => node.kind);
    expect(kinds).toEqual(["Spec", "Network", "Call", "Argument", "NameExpression", "Name"]);
  });
});

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}
