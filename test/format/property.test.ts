import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { arbitraryText, plainGaps, wildGaps } from "../syntax/arbitrary-spec.js";
import { withoutSpans } from "../syntax/tree.js";

const runs = { numRuns: 300, seed: 3 };

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

  it("does so with comments and line breaks anywhere", async () => {
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
