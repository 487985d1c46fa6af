import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { compileFile, messagesOf, root } from "./compile.js";

const paths = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  // Blocks to import, which read what the importing spec declares: test/std compiles them in use.
  .filter((name) => name.endsWith(".mtl") && !name.startsWith("std/"))
  .map((name) => join(root, "specs", name))
  .toSorted();

/** The model as JSON without places: those change with every comment. */
function modelText(model: Model): string {
  const text = JSON.stringify(
    model,
    (key, value: unknown) => (key === "span" || key === "places" ? undefined : value),
    1,
  );
  // One line for what has no inner list or record.
  return `${text.replaceAll(/[[{]\n\s*([^[\]{}]*?)\n\s*[\]}]/g, (whole) => whole.replaceAll(/\n\s*/g, " "))}\n`;
}

describe("the specs that come with mtlc", () => {
  it.each(paths.map((path) => relative(root, path)))("%s is clean and in canonical layout", async (name) => {
    const result = compileFile(join(root, name));
    expect(messagesOf(result)).toBe("");
    const text = result.sources.get(name)?.text ?? "";
    expect(await format(text)).toBe(text);
  });

  it.each(paths.map((path) => relative(root, path)))("%s: its model is what it was", async (name) => {
    const { model, spec } = compileFile(join(root, name));
    // Files without a `model` are parts of others.
    if (spec?.declarations.every(({ kind }) => kind !== "Model") === true) return;
    expect(model).toBeDefined();
    if (model === undefined) return;
    const golden = join(import.meta.dirname, "models", `${name.replace(/^specs\//, "").replaceAll("/", ".")}.json`);
    await expect(modelText(model)).toMatchFileSnapshot(golden);
  });

  it("reads the census data from where the spec lies, wherever the block stands", () => {
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
      expect(columns.includes("education")).toBe(path.endsWith("mmoe_with_education.mtl"));
    }
  });
});
