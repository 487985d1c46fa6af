import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAgain, tokenizeDeclarations, type ParsedPieces } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { createRandom } from "../random.js";

const root = resolve(import.meta.dirname, "../..");
const examples = readdirSync(join(root, "specs/examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".mtl"))
  .sort()
  .slice(0, 8);

const pieces = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "=",
  '"',
  "//",
  "\n",
  "\n\n",
  " ",
  "over",
  "tower t = mlp(x, [2])\n",
  "/// doc\n",
  "é",
  "auxiliary",
  "\r\n",
];

/** Parses again from the pieces of the version before, and holds the result to a parse of the whole. */
function expectEqual(text: string, earlier?: ParsedPieces): ParsedPieces | undefined {
  const source = createSourceFile("m.mtl", text);
  const { pieces: next, ...again } = parseAgain(source, earlier);
  const whole = parse(source);
  if (JSON.stringify(again) !== JSON.stringify({ spec: whole.spec, diagnostics: whole.diagnostics }))
    expect([text, again]).toEqual([text, { spec: whole.spec, diagnostics: whole.diagnostics }]);
  const words = tokenizeDeclarations(createSourceFile("m.mtl", text));
  expect(JSON.stringify(tokenizeDeclarations(source))).toBe(JSON.stringify(words));
  return next;
}

describe("parsing again after an edit", () => {
  it.each(examples)("gives the tree and the messages of a whole parse: %s", (path) => {
    const random = createRandom(path.length * 31 + 5);
    const base = readFileSync(join(root, "specs/examples", path), "utf8");
    let known = expectEqual(base);
    let text = base;
    for (let i = 0; i < 60; i++) {
      // A session of typing: most edits build on the one before, some begin again.
      if (i % 12 === 0) text = base;
      const at = Math.floor(random() * text.length);
      const removed = random() < 0.5 ? Math.floor(random() * 6) : 0;
      const added = random() < 0.7 ? (pieces[Math.floor(random() * pieces.length)] ?? "") : "";
      text = text.slice(0, at) + added + text.slice(at + removed);
      known = expectEqual(text, known);
    }
  });

  it("takes over what did not change", () => {
    const before = "model m\ninput x = [a]\ntower t = mlp(x, [2])\n";
    const first = parseAgain(createSourceFile("m.mtl", before));
    const second = parseAgain(createSourceFile("m.mtl", before.replace("[2]", "[3]")), first.pieces);
    expect(second.spec.declarations[1]).toBe(first.spec.declarations[1]);
    expect(second.spec.declarations[2]).not.toBe(first.spec.declarations[2]);
  });

  it("knows sound texts that are laid out as nobody lays them out", () => {
    for (const text of [
      "input x = [a] tower t = mlp(x, [2])\n",
      "task\nctr\n: P(click) = sigmoid(logit(t))\n",
      "gate g = softmax(x)\nover\npool\n",
      "input\nx = [a]\ntower t =\nmlp(x, [2])\n",
      "fusion f =\ntower\ntower t = mlp(x, [2])\n",
    ])
      expectEqual(text);
  });
});
