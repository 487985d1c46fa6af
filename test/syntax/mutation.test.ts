import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderPretty } from "../../src/compiler/diagnostics/index.js";
import { parse, visit } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

const originals = ["feed.mtl", "models.mtl", "fusion.mtl"].map((name) =>
  readFileSync(join(import.meta.dirname, "../fixtures/syntax", name), "utf8"),
);
const inserted = [
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "=",
  '"',
  "\\",
  "+",
  "^",
  "|",
  "&",
  ".",
  "7",
  "x",
  " ",
  "\n",
  "§",
  "//",
  "not ",
];

/** Numbers in [0, 1), the same ones for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A spec with up to five characters dropped, swapped with a neighbour, or put in. */
function mutate(seed: number): string {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  let text = originals[below(originals.length)] ?? "";
  for (let left = 1 + below(5); left > 0; left--) {
    const at = below(text.length);
    const kind = below(3);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1);
    else if (kind === 1) text = text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
    else text = text.slice(0, at) + (inserted[below(inserted.length)] ?? "") + text.slice(at);
  }
  return text;
}

describe("300 mutated specs", () => {
  const results = Array.from({ length: 300 }, (_, seed) => {
    const source = createSourceFile("mutant.mtl", mutate(seed));
    return { source, ...parse(source) };
  });

  it("are wrong in part, and each wrong one has a few messages with places in its text", () => {
    const wrong = results.filter((result) => result.diagnostics.length > 0);
    expect(wrong.length).toBeGreaterThan(150);
    for (const { source, diagnostics } of wrong) {
      for (const { span, message } of diagnostics) {
        expect(span.file).toBe("mutant.mtl");
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
        expect(span.end).toBeLessThanOrEqual(source.text.length);
        expect(message).toMatch(/^[^A-Z]/);
      }
      expect(renderPretty(diagnostics, new Map([[source.path, source]]))).toContain("mutant.mtl:");
    }
  });

  it("have one message for one mistake: a changed character gives hardly more than one", () => {
    const counts = results.map((result) => result.diagnostics.length);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // Up to five mutations each, three on average, some of them harmless.
    expect(mean).toBeLessThan(2);
    expect(Math.max(...counts)).toBeLessThan(7);
  });

  it("keep most of the tree", () => {
    for (const { spec } of results) expect(spec.declarations.length).toBeGreaterThan(8);
  });

  it("are told right from wrong: a tree with missing pieces has messages", () => {
    for (const { spec, diagnostics } of results) {
      let missing = 0;
      visit(spec, (node) => {
        if (/Missing/.test(node.kind) || (node.kind === "Name" && node.text === "")) missing++;
      });
      if (missing > 0) expect(diagnostics).not.toEqual([]);
    }
  });
});
