import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { createAnalysis } from "../../src/server/analysis/analysis.js";
import { actionsAt } from "../../src/server/features/code-actions.js";
import { completionAt } from "../../src/server/features/completion.js";
import { definitionAt } from "../../src/server/features/definition.js";
import { diagnosticsOf } from "../../src/server/features/diagnostics.js";
import { foldingOf } from "../../src/server/features/folding.js";
import { hoverAt } from "../../src/server/features/hover.js";
import { inlayHintsOf } from "../../src/server/features/inlay-hints.js";
import { linksOf } from "../../src/server/features/links.js";
import { outlineOf } from "../../src/server/features/outline.js";
import { referencesOf, thingAt } from "../../src/server/features/references.js";
import { renameThing } from "../../src/server/features/rename.js";
import { selectionAt } from "../../src/server/features/selection.js";
import { semanticTokensOf } from "../../src/server/features/semantic-tokens.js";
import { signatureHelpAt } from "../../src/server/features/signature-help.js";
import { root } from "../semantics/compile.js";
import { sample } from "./marked.js";
import { createRandom } from "../random.js";

/** Mutants a text, each asked at some places. */
const mutants = 30;
const places = 5;

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
  "|",
  '"',
  "//",
  "\n",
  " ",
  "over",
  "model",
  "features {",
  "P(",
  "é",
  "0",
  ".",
];

function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const length = Math.floor(random() * 12);
  const piece = pieces[Math.floor(random() * pieces.length)] ?? "";
  switch (Math.floor(random() * 3)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + piece + text.slice(at);
    default:
      return (
        text.slice(0, at) +
        text
          .slice(at, at + length)
          .split("")
          .reverse()
          .join("") +
        text.slice(at + length)
      );
  }
}

function compile(text: string): Compilation {
  return compileSpec("m.mtl", createMemoryHost({ "m.mtl": text, "part.mtl": sample }));
}

function askEverything(text: string, offset: number, compilation = compile(text)): void {
  const analysis = createAnalysis("m.mtl", compilation);
  if (analysis === undefined) throw new Error("the compilation has no file");
  const range = { start: offset, end: Math.min(text.length, offset + 20) };
  const uriOf = (path: string): string => `file:///${path}`;
  completionAt(analysis, offset, { snippets: true, files: () => ["./part.mtl"], exportsOf: () => [] });
  hoverAt(analysis, offset);
  definitionAt(analysis, offset);
  signatureHelpAt(analysis, offset);
  selectionAt(analysis, offset);
  semanticTokensOf(analysis);
  outlineOf(analysis);
  foldingOf(analysis);
  inlayHintsOf(analysis, range);
  linksOf(analysis, uriOf);
  actionsAt(analysis, range);
  diagnosticsOf(compilation, "m.mtl", uriOf);
  const thing = thingAt(compilation, "m.mtl", offset);
  if (thing === undefined) return;
  expect(referencesOf(thing.id, [compilation], true).length).toBeGreaterThan(0);
  renameThing(thing, "another_name", [compilation]);
}

const examples = join(root, "specs", "examples");
const texts: readonly (readonly [name: string, text: string])[] = [
  ["the sample", sample],
  ...readdirSync(examples)
    .filter((name) => name.endsWith(".mtl"))
    .slice(0, 4)
    .map((name) => [name, readFileSync(join(examples, name), "utf8")] as const),
];

describe("every feature at any place of any text", () => {
  it.each(texts)("answers on mutants of %s", (name, text) => {
    const random = createRandom(name.length + 7);
    for (let i = 0; i < mutants; i++) {
      let mutant = text;
      for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) mutant = mutate(mutant, random);
      const compilation = compile(mutant);
      for (let j = 0; j < places; j++) {
        const offset = Math.floor(random() * (mutant.length + 1));
        try {
          askEverything(mutant, offset, compilation);
        } catch (error) {
          throw new Error(`at ${offset} of ${JSON.stringify(mutant)}`, { cause: error });
        }
      }
    }
  });

  it("answers at every place of a text as it is typed", () => {
    const text = sample.slice(0, 900);
    for (let end = 0; end <= text.length; end += 7) askEverything(text.slice(0, end), end);
  });
});
