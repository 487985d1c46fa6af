import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { sha256 } from "../../src/compiler/model/index.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

const feed = readFileSync(join(import.meta.dirname, "../../specs/examples/feed.mtl"), "utf8");

function hashOf(text: string): string | undefined {
  return compileSpec("m.mtl", createMemoryHost({ "m.mtl": text })).hash;
}

/** The declarations of a spec in another order, and the entries of blocks turned around. */
function reorder(text: string): string {
  const { spec } = parse(createSourceFile("m.mtl", text));
  return spec.declarations
    .map((node) => text.slice(node.span.start, node.span.end))
    .toReversed()
    .join("\n\n");
}

describe("sha256", () => {
  it("is that of node:crypto", () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 130 }));
    fc.assert(
      fc.property(text, (each) => {
        expect(sha256(each)).toBe(createHash("sha256").update(each, "utf8").digest("hex"));
      }),
      { seed: 1, numRuns: 300 },
    );
    for (const length of [55, 56, 63, 64, 65, 119, 120, 100_000]) {
      const each = "a".repeat(length);
      expect(sha256(each)).toBe(createHash("sha256").update(each).digest("hex"));
    }
  });
});

describe("the hash of a model", () => {
  const hash = hashOf(feed);

  it("is there for a sound spec", () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("does not change with layout, comments and order", async () => {
    expect(hashOf(await format(feed, { width: 60 }))).toBe(hash);
    expect(hashOf(`// a comment\n${feed.replaceAll(/ *\/\/[^\n]*/g, "")}`)).toBe(hash);
    expect(hashOf(reorder(feed))).toBe(hash);
  });

  it.each([
    ["a width", "mlp(base, [64])", "mlp(base, [65])"],
    ["a number of experts", "pool[8]", "pool[9]"],
    ["an option of a feature", "embed: 16", "embed: 17"],
    ["a weight", "0.1 * huber", "0.2 * huber"],
    ["the order of an input", "[user_id, item_id, brand", "[item_id, user_id, brand"],
    ["what a tower reads", "mlp(for_cvr", "mlp(for_ctr"],
    ["a formula", "stay^a", "stay^(2 * a)"],
    ["a parameter's range", "in [0, 10]", "in [0, 11]"],
    ["a rule's factor", "by 1.5 during", "by 1.6 during"],
    ["a rule's window of time", "2026-11-12", "2026-11-13"],
    ["an input's policy", "quality:    number in [0, 1]", "quality:    number in [0, 1] outside clamp"],
    ["the length of a list", "top 50 by score", "top 40 by score"],
    ["a default made another value", "batch:     4096", "batch:     4096\n  shuffle: false"],
  ])("changes with %s", (_, from, to) => {
    expect(feed).toContain(from);
    const changed = hashOf(feed.replace(from, to));
    expect(changed).toBeDefined();
    expect(changed).not.toBe(hash);
  });

  it("does not change with what the spec expects of itself, nor with the order of rules", () => {
    expect(hashOf(feed.slice(0, feed.indexOf('\ntest "')))).toBe(hash);
    const [drop = "", suppress = ""] = feed.match(/^ {2}(?:drop|suppress) .*$/gm) ?? [];
    expect(hashOf(feed.replace(`${drop}\n${suppress}`, `${suppress}\n${drop}`))).toBe(hash);
  });

  it("does not change when a default is written out", () => {
    expect(hashOf(feed.replace("by 1.5 during", "by 1.5 missing: keep during"))).toBe(hash);
    expect(hashOf(feed.replace("batch:     4096", "batch:     4096\n  shuffle: true"))).toBe(hash);
  });
});
