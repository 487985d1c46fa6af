import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { train } from "../../src/runtime/jobs/train.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { createNativeEngine } from "../../src/runtime/engine/native.js";
import { createOnnxEngine } from "../../src/runtime/engine/onnx/engine.js";

const hasNative = !("reasons" in createNativeEngine());
const hasFused = loadStepsAddon() !== undefined;
const hasOnnx = !("reasons" in createOnnxEngine());

let artifact = "";
beforeAll(async () => {
  artifact = mkdtempSync(join(tmpdir(), "mtlc-predictor-"));
  const rows = Array.from({ length: 40 }, (_, i) => `${"abc"[i % 3]},${i / 10},${i % 2}`);
  writeFileSync(join(artifact, "rows.csv"), `word,number,click\n${rows.join("\n")}\n`);
  writeFileSync(
    join(artifact, "m.mtl"),
    `model m
data { train: csv("rows.csv") }
features { word: categorical(embed: 4), number: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([word, number], [8])))
loss { ctr: bce }
`,
  );
  await train({ spec: join(artifact, "m.mtl"), output: join(artifact, "out"), steps: 2 });
});
afterAll(() => rmSync(artifact, { recursive: true, force: true }));

const rows = (count: number): readonly { readonly word: string; readonly number: number }[] =>
  Array.from({ length: count }, (_, i) => ({ word: "abcd"[i % 4] ?? "", number: (i % 50) / 10 }));

describe("a predictor", () => {
  it("says which engine computes a call, the one that was asked for where one was", async () => {
    const asked = await loadPredictor(join(artifact, "out"), { engine: "cpu" });
    expect([asked.engineFor(1), asked.engineFor(100_000)]).toEqual(["cpu", "cpu"]);
    asked.close();
    const chosen = await loadPredictor(join(artifact, "out"));
    const trains = hasNative ? "native" : "wasm";
    const few = hasFused ? 64 : 256;
    expect([chosen.engineFor(1), chosen.engineFor(few)]).toEqual(["simd", "simd"]);
    expect(chosen.engineFor(few + 1)).toBe(hasFused ? "fused" : hasOnnx ? "onnx" : trains);
    expect(chosen.engineFor(100_000)).toBe(hasFused ? "fused" : hasOnnx && !hasNative ? "onnx" : trains);
    chosen.close();
  });

  it("predicts a row alike in calls of one row and of many, and keeps no hold of what it gave", async () => {
    const predictor = await loadPredictor(join(artifact, "out"));
    const many = predictor.predict(rows(600))["ctr"] ?? new Float32Array();
    const single = rows(600)
      .slice(0, 60)
      .map((row) => predictor.predict([row])["ctr"]);
    expect(many).toHaveLength(600);
    single.forEach((found, i) => expect(Math.abs((found?.[0] ?? NaN) - (many[i] ?? NaN))).toBeLessThan(1e-6));
    expect(new Set(single.map((found) => found?.[0])).size).toBeGreaterThan(30);
    expect(predictor.predict([])["ctr"]).toEqual(new Float32Array());
    expect(() => predictor.predict([{ word: "a", number: "x" }])).toThrow("MTL7113");
    expect(predictor.predict(rows(1))["ctr"]).toEqual(single[0]);
    expect(predictor.report().rows).toBe(661);
    predictor.close();
  });
});
