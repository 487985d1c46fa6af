import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedArtifact, loadArtifact } from "../../src/runtime/artifact/index.js";
import { type Dataset, openData } from "../../src/runtime/data/index.js";
import { createOnnxEngine } from "../../src/runtime/engine/onnx/engine.js";
import { type FileSession, openForFiles } from "../../src/runtime/jobs/predict/open-by-size.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { scoreRows } from "../../src/runtime/jobs/predict/score-rows.js";
import { train } from "../../src/runtime/jobs/train.js";

const hasOnnx = !("reasons" in createOnnxEngine());
const rows = 10_000;
const values = Array.from({ length: rows }, (_, i) => ({ word: "abcd"[(i * 7) % 4] ?? "", number: (i % 97) / 10 }));

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-score-rows-"));
  const lines = values.map(({ word, number }, i) => `${word},${number},${i % 2}`);
  writeFileSync(join(folder, "rows.csv"), `word,number,click\n${lines.join("\n")}\n`);
  for (const [name, input] of [
    ["small", "mlp([number], [64]), word"],
    ["tables", "mlp([word], [64])"],
  ])
    writeFileSync(
      join(folder, `${name}.mtl`),
      `model m
data { train: csv("rows.csv"), test: csv("rows.csv") }
features { word: categorical(embed: 32), number: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(logit([${input}, number]))
loss { ctr: bce }
`,
    );
  for (const name of ["small", "tables"])
    await train({ spec: join(folder, `${name}.mtl`), output: join(folder, name), steps: 2 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(
  name: string,
): Promise<{ readonly artifact: LoadedArtifact; readonly opened: FileSession; readonly dataset: Dataset }> {
  const artifact = await loadArtifact(join(folder, name));
  const { model, fitted } = artifact;
  const { test } = await openData(model, { specPath: join(folder, `${name}.mtl`), fitted, roles: ["test"] });
  if (test === undefined) throw new Error("there is no test data");
  return { artifact, opened: await openForFiles(artifact, undefined, () => undefined), dataset: test };
}

describe("rows of files", () => {
  it("are predicted by the engine that is fastest for many", async () => {
    const [tables, small] = [await open("tables"), await open("small")];
    expect(tables.opened.engine).toBe("simd");
    if (hasOnnx) expect(small.opened.engine).toBe("onnx");
    for (const { opened, dataset } of [tables, small]) {
      opened.session.close();
      dataset.close();
    }
  });

  it.each(["tables", "small"])("are predicted alike by one thread and by several, of the model %s", async (name) => {
    const { artifact, opened, dataset } = await open(name);
    const single = await scoreRows(artifact, opened, dataset, { threads: 0 });
    const beside = await scoreRows(artifact, opened, dataset, { threads: 2, rows: 1 });
    expect(beside.get("ctr")).toEqual(single.get("ctr"));
    const predictor = await loadPredictor(artifact.directory);
    const expected = predictor.predict(values)["ctr"] ?? new Float32Array();
    expect(expected).toHaveLength(rows);
    expect(Math.max(...expected.map((value, at) => Math.abs(value - (single.get("ctr")?.[at] ?? NaN))))).toBeLessThan(
      1e-6,
    );
    predictor.close();
    opened.session.close();
    dataset.close();
  });

  it("are no longer predicted once a signal fires", async () => {
    const { artifact, opened, dataset } = await open("tables");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(scoreRows(artifact, opened, dataset, { signal, threads: 2, rows: 1 })).rejects.toThrow("enough");
    opened.session.close();
    dataset.close();
  });
});
