import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { drawUniform } from "../../src/compiler/ranking/index.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { rankFiles, type RankedAnswer } from "../../src/runtime/rank/index.js";
import { train } from "../../src/runtime/jobs/train.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-rank-artifact-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 200 }, (_, i) => {
  const x = drawUniform(1, "x", i);
  return {
    request: `r${Math.floor(i / 20)}`,
    item_id: `i${i}`,
    x,
    brand: "abc"[i % 3] as string,
    click: drawUniform(1, "click", i) < x ? 1 : 0,
    price: Math.floor(50 * drawUniform(1, "price", i)),
  };
});

it("scores raw features with the artifact's network, then ranks; arms move parameters", async () => {
  copyFileSync(join(import.meta.dirname, "shop.mtl"), join(folder, "shop.mtl"));
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).join(","));
  writeFileSync(join(folder, "shop.csv"), `${[header.join(","), ...lines].join("\n")}\n`);
  const [source, file] = [join(folder, "out"), join(folder, "shop.csv")];
  await train({ spec: join(folder, "shop.mtl"), output: source, engine: "cpu" });
  const predictor = await loadPredictor(source, { engine: "cpu" });
  const ctr = predictor.predict(rows)["ctr"];
  predictor.close();

  const ranked = async (arms: readonly string[]): Promise<readonly RankedAnswer[]> => {
    const found: RankedAnswer[] = [];
    for await (const each of rankFiles({ source, files: [file], now: 0, seed: 0, engine: "cpu", arms }))
      if (each.kind === "ranked") found.push(each);
    return found;
  };
  for (const [arm, w] of [
    ["control", 1],
    ["heavy", 2],
  ] as const) {
    const results = await ranked([`heavier=${arm}`]);
    expect(results.map(({ request }) => request)).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
    for (const { arms, list } of results) {
      expect(arms).toEqual({ heavier: arm });
      expect(list.items.length).toBe(5);
      for (const { id, score } of list.items) {
        const i = Number(id.slice(1));
        const expected = (ctr?.[i] ?? NaN) * (1 + (rows[i]?.price ?? NaN)) ** w;
        expect(Math.abs(score / expected - 1)).toBeLessThan(1e-5);
      }
      const brands = list.items.map(({ id }) => rows[Number(id.slice(1))]?.brand);
      expect(brands.some((brand, place) => place > 0 && brand === brands[place - 1])).toBe(false);
    }
  }
  // Without a word on arms, the units' own.
  expect(new Set((await ranked([])).map(({ arms }) => arms["heavier"])).size).toBe(2);
});
