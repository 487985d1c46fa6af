import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Lexer, type IToken } from "chevrotain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { createRandom } from "../random.js";
import { cutAgain, cutText } from "../../src/compiler/syntax/cut-text.js";
import { lexerTokens } from "../../src/compiler/syntax/tokens.js";
import { arbitraryText, wildGaps } from "./arbitrary-spec.js";
import { hostileTexts } from "./hostile-texts.js";

const specs = resolve(import.meta.dirname, "../../specs");

const reference = new Lexer([...lexerTokens], {
  positionTracking: "full",
  ensureOptimizations: true,
  skipValidations: true,
});

const shown = (tokens: readonly IToken[]): readonly unknown[] =>
  tokens.map(({ image, startOffset, endOffset, startLine, tokenTypeIdx, tokenType: { name } }) => [
    image,
    startOffset,
    endOffset,
    startLine,
    tokenTypeIdx,
    name,
  ]);

function expectSame(text: string): void {
  const { tokens, groups, errors } = reference.tokenize(text);
  const cut = cutText(createSourceFile("m.mtl", text));
  expect(shown(cut.tokens)).toEqual(shown(tokens));
  expect(shown(cut.comments)).toEqual(shown(groups["comments"] ?? []));
  expect(shown(cut.foreign)).toEqual(shown(groups["foreign"] ?? []));
  expect(cut.unknown).toEqual(errors.map(({ offset, length }) => ({ start: offset, end: offset + length })));
}

/** Pieces that begin alike, and what begins nothing. */
const fragments = [
  ...lexerTokens.flatMap(({ PATTERN }) => (typeof PATTERN === "string" ? [PATTERN] : [])),
  ..."\u0000\u0001\u007f\v\f\r\n\t \uFEFF\u00a0é，×=!&|*/'\"\\%;~@$`#._-0159TZeExé".split(""),
  "2026-11-05",
  "2026-11-05T12:30:00Z",
  "1_000",
  "7d",
  "1e-6",
  '"text"',
  '"open)',
  "// comment",
  "/// doc",
  "'a'",
  "=>",
  "->",
];

describe("a text cut into tokens is as Chevrotain's lexer cuts it", () => {
  it("for every shipped spec", () => {
    const files = readdirSync(specs, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".mtl"));
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) expectSame(readFileSync(join(specs, path), "utf8"));
  });

  it("for random specs", () => {
    fc.assert(fc.property(arbitraryText(wildGaps), expectSame), { numRuns: 200, seed: 3 });
  });

  it("for texts of fragments in any order", () => {
    const text = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((pieces) => pieces.join(""));
    fc.assert(fc.property(text, expectSame), { numRuns: 3_000, seed: 5 });
  });

  it("for any characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), expectSame), { numRuns: 2_000, seed: 7 });
  });

  it("after an edit, with the pieces of the lines that stayed", () => {
    const random = createRandom(23);
    const pick = (): string => fragments[Math.floor(random() * fragments.length)] ?? "";
    const base = readFileSync(join(specs, "census/mmoe.mtl"), "utf8");
    let source = createSourceFile("m.mtl", base);
    let cut = cutText(source);
    for (let i = 0; i < 1_500; i++) {
      const { text } = source;
      const at = Math.floor(random() * (text.length + 1));
      const removed = random() < 0.5 ? Math.floor(random() * 40) : 0;
      const added = random() < 0.7 ? pick() + (random() < 0.3 ? pick() : "") : "";
      const next = createSourceFile(
        "m.mtl",
        i % 50 === 0 ? base : text.slice(0, at) + added + text.slice(at + removed),
      );
      const again = cutAgain(next, { source, cut });
      expect(again).toEqual(cutText(next));
      [source, cut] = [next, again];
    }
  });

  it("for hostile texts", () => {
    for (const [, text] of hostileTexts) expectSame(text.slice(0, 2_000));
  });
});
