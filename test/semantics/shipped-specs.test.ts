import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import type { Compilation } from "../../src/compiler/compile.js";
import { specText } from "../../src/compiler/describe/index.js";
import { format } from "../../src/compiler/format/index.js";
import { compileFile, messagesOf, root } from "./compile.js";

const paths = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  // Blocks to import, which read what the importing spec declares: test/std compiles them in use.
  .filter((name) => name.endsWith(".mtl") && !name.startsWith("std/"))
  .map((name) => join(root, "specs", name))
  .toSorted();

/** The model as its canonical spec, under its hash: what the hash covers and the text does not show changes it as well. */
function modelText({ hash, model }: Compilation): Promise<string> {
  if (model === undefined) throw new Error("the spec has no model");
  return format(`// ${hash ?? ""}\n${specText(model)}`);
}

describe("the specs that come with mtlc", () => {
  it.each(paths.map((path) => relative(root, path)))("%s is clean and in canonical layout", async (name) => {
    const result = compileFile(join(root, name));
    expect(messagesOf(result)).toBe("");
    const text = result.sources.get(name)?.text ?? "";
    expect(await format(text)).toBe(text);
  });

  const own = paths.map((path) => relative(root, path)).filter((name) => !name.startsWith("specs/peers"));
  it.each(own)("%s: its model is what it was", async (name) => {
    const compilation = compileFile(join(root, name));
    // Files without a `model` are parts of others.
    if (compilation.spec?.declarations.every(({ kind }) => kind !== "Model") === true) return;
    const golden = join(import.meta.dirname, "../baselines/models", name.replace(/^specs\//, "").replaceAll("/", "."));
    await expect(await modelText(compilation)).toMatchFileSnapshot(golden);
  });

  it("reads the census data from where the spec lies, wherever the block is", () => {
    const one = compileFile(join(root, "specs/census/mmoe.mtl")).model;
    const two = compileFile(join(root, "specs/census/group2/mmoe.mtl")).model;
    expect(one?.data.train?.paths).toEqual(["data/census-train.csv.gz"]);
    expect(two?.data.train?.paths).toEqual(["../data/census-train.csv.gz"]);
  });

  it("never lets a census model read what its labels are made from", () => {
    for (const path of paths.filter((each) => each.includes("census"))) {
      const { model } = compileFile(path);
      const columns = (model?.features ?? []).map(({ source }) => (source.kind === "column" ? source.name : ""));
      for (const column of ["marital_stat", "income_50k", "instance_weight"]) expect(columns).not.toContain(column);
      const has = /census\/(best|mmoe_with_education)\.mtl$/.test(path);
      expect(columns.includes("education"), path).toBe(has);
    }
  });
});
