import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { costView } from "../../src/cli/commands/cost/view.js";
import { createTerminal } from "../../src/cli/terminal.js";
import { type Cost, costOf, countFlops } from "../../src/compiler/cost/index.js";
import { float32, GraphBuilder } from "../../src/compiler/graph/index.js";
import { lowerModel, parameterTable } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { compileFile, root, smallSpec } from "../semantics/compile.js";

function specModel(name: string): Model {
  const { model } = compileFile(join(root, "specs", name));
  if (model === undefined) throw new Error(`${name} has no model`);
  return model;
}

const terminal = createTerminal({ NO_COLOR: "1" });

function part(cost: Cost, name: string): Cost["parts"][number] {
  const found = cost.parts.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

describe("what a model costs", () => {
  it.each([
    ["half-shared", "examples/half_shared.mtl", { user_id: 1_000_000, item_id: 1_000_000 }],
    ["feed", "examples/feed.mtl", {}],
    ["census-mmoe", "census/mmoe.mtl", {}],
    ["mall-fusion", "examples/mall_fusion.mtl", {}],
  ])("%s", async (name, path, ids) => {
    const cost = costOf(specModel(path), ids);
    await expect(costView.human(cost, terminal)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it("is what docs/models.md shows", () => {
    const page = readFileSync(join(root, "docs/models.md"), "utf8");
    const cost = costOf(specModel("examples/half_shared.mtl"), { user_id: 1_000_000, item_id: 1_000_000 });
    const [, sharing = "", single = ""] =
      /(\n {10}.*total[^\n]*\n)\n(as 10 .*?)\n\n/s.exec(costView.human(cost, terminal)) ?? [];
    expect(sharing.length).toBeGreaterThan(100);
    expect(page).toContain(sharing.trimEnd());
    expect(page).toContain(single.trimEnd());
  });

  it("is that of ten tasks with 128 numbers for each of two million ids, half of them shared", () => {
    const ids = 2_000_000;
    const cost = costOf(specModel("examples/half_shared.mtl"), { user_id: ids / 2, item_id: ids / 2 });
    expect(cost.total.parameters).toBe((64 + 64 * 10) * ids);
    expect(cost.separate.parameters).toBe(128 * 10 * ids);
    expect(cost.shared.parameters).toBe(64 * ids);
    expect(cost.tasks).toHaveLength(10);
  });

  it("adds up: parts are the whole, and the whole is what the program holds", () => {
    for (const name of ["examples/feed.mtl", "census/ple.mtl", "examples/dbmtl.mtl", "synthetic/esmm.mtl"]) {
      const model = specModel(name);
      const cost = costOf(model);
      const sum = (key: "parameters" | "bytes" | "flops"): number =>
        cost.parts.reduce((total, each) => total + each[key], 0);
      expect([sum("parameters"), sum("bytes"), sum("flops")]).toEqual([
        cost.total.parameters,
        cost.total.bytes,
        cost.total.flops,
      ]);
      expect(cost.shared.parameters + cost.private.parameters).toBe(cost.total.parameters);
      const sizes = { ids: Object.fromEntries(cost.ids.map(({ feature, ids }) => [feature, ids])) };
      const rows = parameterTable(lowerModel(model, sizes)).filter(({ role }) => role === "parameter");
      expect(rows.reduce((total, { count }) => total + count, 0)).toBe(cost.total.parameters);
    }
  });

  it("counts a tower by hand", () => {
    const cost = costOf(modelOf(smallSpec({ network: "input x = [age]\ntower t = mlp(x, [8, 4])" })));
    // 1·8 + 8 and 8·4 + 4; a product is two operations a weight, bias and ReLU one a unit each.
    expect(part(cost, "t")).toMatchObject({
      parameters: 52,
      bytes: 208,
      flops: 2 * 40 + 2 * 12,
      tasks: ["ctr", "cvr"],
    });
    expect(part(cost, "ctr").parameters).toBe(5);
  });

  it("counts running statistics as bytes and not as parameters", () => {
    const { total } = costOf(modelOf(smallSpec({ network: "input x = [age]\ntower t = mlp(x, [8], norm: batch)" })));
    expect(total.bytes).toBe(4 * (total.parameters + 16));
  });

  it("knows where numbers of ids come from", () => {
    const model = modelOf(
      smallSpec({
        features:
          'features {\n  a: categorical\n  b: categorical(vocab: 9)\n  c: categorical(hash: 5)\n  d: categorical(values: ["x"])\n  e: bucket(boundaries: [1, 2])\n  f: bucket(quantiles: 4)\n  g: numeric\n}',
        network: "tower t = mlp([a, b, c, d, e, f, g], [8])",
      }),
    );
    expect(costOf(model, { b: 4 }).ids).toEqual([
      { feature: "a", ids: 1, source: "data" },
      { feature: "b", ids: 4, source: "given" },
      { feature: "c", ids: 6, source: "spec" },
      { feature: "d", ids: 2, source: "spec" },
      { feature: "e", ids: 4, source: "spec" },
      { feature: "f", ids: 5, source: "limit" },
    ]);
  });

  it("leaves what only training reads out of a served row", () => {
    const cost = costOf(specModel("examples/feed.mtl"));
    expect(part(cost, "bias")).toMatchObject({ parameters: 40, flops: 0 });
  });
});

describe("floating-point operations", () => {
  it("are counted op by op", () => {
    const builder = new GraphBuilder("f");
    const x = builder.input("x", float32("B", 3));
    const w = builder.input("w", float32(3, 4));
    const y = builder.within("part", undefined, () => builder.relu(builder.matmul(x, w)));
    const z = builder.within("end", undefined, () => builder.sum(builder.softmax(y), { axes: [-1] }));
    const fn = builder.finish([{ name: "z", value: z }]);
    expect(Object.fromEntries(countFlops(fn))).toEqual({ part: 2 * 3 * 4 + 4, end: 5 * 4 + 4 });
    expect(countFlops(fn, 10).get("part")).toBe(10 * 28);
  });
});
