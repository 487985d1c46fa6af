import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carriedTensors, diffModels, renderDiffText, warmStartPlan } from "../../src/compiler/diff/index.js";
import { format } from "../../src/compiler/format/index.js";
import { hashModel, type Model } from "../../src/compiler/model/index.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { createRandom, modelOf } from "../lower/harness.js";
import { compileFile, root } from "../semantics/compile.js";
import { arbitraryDeclarations } from "./arbitrary-model.js";
import { shuffleDeclarations } from "./shuffle.js";

const specs = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".mtl"))
  .map((name) => join("specs", name))
  .toSorted();

/** A file of the repository with another text in its place. */
function compileAs(name: string, text: string): Model | undefined {
  return compileSpec(name, {
    readFile: (path) => (path === name ? text : readFileSync(join(root, path), "utf8")),
  }).model;
}

function expectNoChange(before: Model, after: Model): void {
  const diff = diffModels(before, after);
  expect(renderDiffText(diff)).toBe("no change: both are the same model\n");
  expect(diff).toMatchObject({ class: "none", sections: [] });
  expect(diff.warmStart.tensors.filter(({ kind }) => kind === "initialized")).toEqual([]);
  expect(diff.warmStart.dropped).toEqual([]);
}

describe("a spec against itself, formatted and shuffled", () => {
  it.each(specs)("%s has no change", async (name) => {
    const { model } = compileFile(join(root, name));
    if (model === undefined) return;
    expectNoChange(model, model);
    const text = readFileSync(join(root, name), "utf8");
    // What reads `features` reads them in their order.
    if (/[=(,] ?features\b/.test(text)) return;
    for (const seed of [1, 2]) {
      const random = createRandom(seed);
      const other = compileAs(name, await format(shuffleDeclarations(text, (below) => Math.floor(random() * below))));
      if (other === undefined) throw new Error("shuffled, the spec is not sound");
      expectNoChange(model, other);
    }
  });

  it("has none for generated specs", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDeclarations, fc.integer(), async (declarations, seed) => {
        const text = declarations.join("\n");
        const random = createRandom(seed);
        const model = modelOf(text);
        const shuffled = shuffleDeclarations(text, (below) => Math.floor(random() * below));
        expectNoChange(model, modelOf(await format(shuffled)));
      }),
      { numRuns: 25, seed: 5 },
    );
  });
});

describe("two generated specs", () => {
  it("have a change where their hashes differ, and tensors that fit where the plan says so", () => {
    fc.assert(
      fc.property(arbitraryDeclarations, arbitraryDeclarations, (a, b) => {
        const [before, after] = [modelOf(a.join("\n")), modelOf(b.join("\n"))];
        const diff = diffModels(before, after);
        expect(diff.class === "none").toBe(hashModel(before) === hashModel(after));
        expect(diff.sections.flatMap(({ subjects }) => subjects).every(({ name }) => name !== "rest")).toBe(true);
        // Everything that is reinitialized belongs to a part that the tree speaks of.
        const spoken = new Set(diff.sections.flatMap(({ subjects }) => subjects.map(({ name }) => name)));
        for (const { kind, name } of diff.warmStart.tensors)
          if (kind === "initialized") expect(spoken).toContain(name.split(/[./]/)[0]);
      }),
      { numRuns: 30, seed: 6 },
    );
  });

  it("carry over as much there and back when only training differs", () => {
    const text = (lr: string) => ["train { optimizer: adam(lr: ", lr, ") }"].join("");
    fc.assert(
      fc.property(arbitraryDeclarations, (declarations) => {
        const rest = declarations.filter((each) => !each.startsWith("train"));
        const [before, after] = ["1e-3", "1e-2"].map((lr) => modelOf([...rest, text(lr)].join("\n")));
        if (before === undefined || after === undefined) throw new Error("two models");
        const diff = diffModels(before, after);
        expect(diff.class).toBe("training");
        expect(diff.sections.map(({ section }) => section)).toEqual(["train"]);
        expect(carriedTensors(diff.warmStart)).toHaveLength(diff.warmStart.tensors.length);
      }),
      { numRuns: 6, seed: 7 },
    );
  });

  it("plan nothing for models without tensors", () => {
    const model = modelOf("model m\nsignals { ctr: P(click) }\nfusion score = ctr\nrank r = top 5 by score\n");
    expect(warmStartPlan({ model, tensors: [] }, { model, tensors: [] })).toEqual({ tensors: [], dropped: [] });
    expect(diffModels(model, model).class).toBe("none");
  });
});
