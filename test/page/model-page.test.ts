import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { costOf } from "../../src/compiler/cost/index.js";
import { modelPage } from "../../src/compiler/page/index.js";
import { declaredHeads, type Model } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { compileFile, root, smallSpec } from "../semantics/compile.js";

const specs = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".mtl"))
  .toSorted();

function modelIn(name: string): Model | undefined {
  return compileFile(join(root, "specs", name)).model;
}

describe("the page of a model", () => {
  it.each(["examples/feed.mtl", "census/mmoe.mtl", "examples/mall_fusion.mtl"])("%s is what it was", async (name) => {
    const model = modelIn(name);
    if (model === undefined) throw new Error("no model");
    const file = name.replaceAll(/[/.]/g, "-").replace("-mtl", "");
    await expect(modelPage(model, costOf(model))).toMatchFileSnapshot(`golden/${file}.md`);
  });

  it.each(specs)("%s: tables are whole, and everything with a name is there", (name) => {
    const model = modelIn(name);
    if (model === undefined) return;
    const page = modelPage(model, costOf(model), { image: "m.svg" });
    expect(page).not.toMatch(/undefined|NaN|\[object/);
    let columns = 0;
    for (const line of page.split("\n")) {
      const bars = line.startsWith("|") ? line.replaceAll("\\|", "").split("|").length : 0;
      if (bars > 0 && columns > 0) expect(bars, line).toBe(columns);
      columns = bars;
    }
    const names = [
      ...model.features.map((each) => each.name),
      ...model.labels.map((each) => each.name),
      ...declaredHeads(model.heads).map((each) => each.name),
      ...model.nodes.flatMap((node) => node.declared?.name ?? []),
      ...(model.serving?.fusions ?? []).map((each) => each.name),
    ];
    for (const each of names) expect(page).toContain(each);
    expect(page).toContain("![The model");
  });

  it("shows what doc comments say, where a bar or a bracket would do harm as well", () => {
    const model = modelOf(
      smallSpec({ features: "features {\n  /// in years | since birth,\n  /// <b>bold</b>\n  age: numeric\n}" }),
    );
    expect(modelPage(model, costOf(model))).toContain("in years \\| since birth, &lt;b>bold&lt;/b>");
  });
});
