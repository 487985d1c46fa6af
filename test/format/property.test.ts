import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { arbitraryText, plainGaps, wildGaps } from "../syntax/arbitrary-spec.js";
import { withoutSpans } from "../syntax/tree.js";

const root = join(import.meta.dirname, "../..");
/** Two properties of this many: 2,000 random specs. */
const runs = { numRuns: 1000, seed: 3 };

describe("formatting of random specs", () => {
  it("keeps what a spec says and is done after one pass", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryText(plainGaps), fc.constantFrom(100, 40), async (text, width) => {
        const once = await format(text, { width });
        expect(withoutSpans(tree(once))).toEqual(withoutSpans(tree(text)));
        expect(await format(once, { width })).toBe(once);
      }),
      runs,
    );
  });

  it("does so with comments and line breaks anywhere", { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryText(wildGaps), fc.constantFrom(100, 40), async (text, width) => {
        const once = await format(text, { width });
        expect(comments(once)).toEqual(comments(text));
        expect(await format(once, { width })).toBe(once);
      }),
      runs,
    );
  });
});

function tree(text: string): unknown {
  const { spec, diagnostics } = parse(createSourceFile("a.mtl", text));
  expect(diagnostics).toEqual([]);
  return spec.declarations;
}

function comments(text: string): readonly string[] {
  return parse(createSourceFile("a.mtl", text))
    .spec.comments.map((comment) => comment.text)
    .toSorted();
}

/** Every spec and fixture of the repository that parses. */
const files = ["specs", "test/fixtures", "test/semantics/specs"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, String(name))),
  )
  .filter((path) => path.endsWith(".mtl"))
  .map((path) => readFileSync(path, "utf8"))
  .filter((text) => parse(createSourceFile("a.mtl", text)).diagnostics.length === 0);

describe("formatting of every spec of the repository", () => {
  it("keeps what it says and its comments, and is done after one pass", async () => {
    expect(files.length).toBeGreaterThan(200);
    for (const text of files) {
      const once = await format(text);
      expect(withoutSpans(tree(once))).toEqual(withoutSpans(tree(text)));
      expect(comments(once)).toEqual(comments(text));
      expect(await format(once)).toBe(once);
    }
  });
});
