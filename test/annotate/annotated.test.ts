import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Compilation } from "../../src/compiler/compile.js";
import { renderPretty } from "../../src/compiler/diagnostics/index.js";
import { kindWord } from "../../src/compiler/semantics/index.js";
import { arbitraryDeclarations } from "../diff/arbitrary-model.js";
import { compileText } from "../semantics/compile.js";
import { annotate } from "./annotate.js";
import { baselinesIn, compileBaseline, folder } from "./baselines.js";
import { strip } from "./weave.js";

const baselines = baselinesIn("annotated");

/** `tower t_ctr` of each note. */
function subjectsOf(annotated: string): readonly string[] {
  return [...annotated.matchAll(/^\/\/@\[[\d:+]+\) (.*?)(?:: |$)/gm)].map(([, subject]) => subject ?? "");
}

/** The declared names of a file, with their kinds. */
function namesIn({ tables }: Compilation, path: string): readonly string[] {
  return (tables?.symbols ?? [])
    .filter(({ at }) => at.span.file === path)
    .map(({ kind, name }) => `${kindWord(kind)} ${name}`);
}

describe.each(baselines)("$path", ({ path, root }) => {
  const compilation = compileBaseline(root);
  const source = readFileSync(join(folder, path), "utf8");

  it("is clean", () => {
    expect(renderPretty(compilation.diagnostics, compilation.sources)).toBe("");
    expect(compilation.model).toBeDefined();
  });

  it("says of every line what it said", async () => {
    await expect(annotate(compilation, path)).toMatchFileSnapshot(join(folder, path));
  });

  it("gives its source back without the notes", () => {
    expect(strip(annotate(compilation, path))).toBe(strip(source));
  });

  it("has exactly one note for each declared name", () => {
    const subjects = subjectsOf(annotate(compilation, path));
    const names = namesIn(compilation, path);
    expect(names.map((name) => subjects.filter((each) => each === name))).toEqual(names.map((name) => [name]));
  });

  it("is the same model with its notes in it", () => {
    expect(compileBaseline(root, (text) => text).hash).toBe(compilation.hash);
  });
});

describe("any spec", () => {
  it("has exactly one note for each declared name, and comes back without them", () => {
    fc.assert(
      fc.property(arbitraryDeclarations, (declarations) => {
        const text = declarations.join("\n");
        const compilation = compileText(text);
        const annotated = annotate(compilation, "m.mtl");
        const subjects = subjectsOf(annotated);
        for (const name of namesIn(compilation, "m.mtl"))
          expect(subjects.filter((each) => each === name)).toEqual([name]);
        expect(strip(annotated)).toBe(text);
      }),
      { numRuns: 50, seed: 9 },
    );
  });
});
