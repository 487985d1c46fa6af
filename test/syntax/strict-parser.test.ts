import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText } from "../../src/compiler/syntax/cut-text.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { createStrictParser, lookaheadTable } from "../../src/compiler/syntax/strict-parser.js";
import { createRandom } from "../random.js";
import { arbitraryText, wildGaps } from "./arbitrary-spec.js";

const specs = resolve(import.meta.dirname, "../../specs");
const table = lookaheadTable();
const prepared = createStrictParser(table);
const analysed = createStrictParser(undefined);

type Parser = ReturnType<typeof createStrictParser>;

/** The concrete tree, or the mistake. */
function outcome(parser: Parser, text: string): unknown {
  parser.input = [...cutText(createSourceFile("m.mtl", text)).tokens];
  const node = parser.spec();
  const errors = parser.errors.map(({ name, message, token, context: { ruleStack } }) => [
    name,
    message,
    token.startOffset,
    ruleStack,
  ]);
  return { node: errors.length > 0 ? undefined : node, errors };
}

function expectSame(text: string): void {
  expect(outcome(prepared, text)).toEqual(outcome(analysed, text));
}

describe("a parser that is given the choices of the grammar", () => {
  it("is given all of them, as plain data", () => {
    expect(table.length).toBeGreaterThan(80);
    expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  });

  it("parses the shipped specs, and what is left of them without some words, as one that analyses the grammar", () => {
    const files = readdirSync(specs, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".mtl"));
    const random = createRandom(17);
    for (const path of files) {
      const text = readFileSync(join(specs, path), "utf8");
      expectSame(text);
      const pieces = text.split(/(?<=\s)/);
      for (let i = 0; i < 4; i++) expectSame(pieces.filter(() => random() > 0.01).join(""));
    }
  });

  it("parses random specs as one that analyses the grammar", () => {
    fc.assert(fc.property(arbitraryText(wildGaps), expectSame), { numRuns: 300, seed: 19 });
  });
});
