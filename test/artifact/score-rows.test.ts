import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedArtifact, loadArtifact } from "../../src/runtime/artifact/index.js";
import { encodeRows, openData } from "../../src/runtime/data/index.js";
import { batchLayout } from "../../src/compiler/model/layout.js";
import { roomOf } from "../../src/runtime/data/batches/blocks.js";
import type { EncodedBatch } from "../../src/runtime/data/index.js";
import { createBatch } from "../../src/runtime/data/batches/records.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { createOnnxEngine } from "../../src/runtime/engine/onnx/engine.js";
import { createRing, fillRing, finishBlock, takeBlock, workOff } from "../../src/runtime/jobs/predict/block-ring.js";
import { type FileSession, openForFiles } from "../../src/runtime/jobs/predict/open-by-size.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { openRowScorer, type ScoreOptions, startForBytes } from "../../src/runtime/jobs/predict/score-rows.js";
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

interface Opened {
  readonly artifact: LoadedArtifact;
  readonly opened: FileSession;
}

async function open(name: string): Promise<Opened> {
  const artifact = await loadArtifact(join(folder, name));
  return { artifact, opened: await openForFiles(artifact, undefined, () => undefined) };
}

/** What is predicted of all rows while they are read. */
async function scoreRows(
  name: string,
  { artifact, opened }: Opened,
  options: ScoreOptions,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { model, fitted } = artifact;
  const scorer = openRowScorer(artifact, opened, batchLayout(model), options);
  try {
    const places = { specPath: join(folder, `${name}.mtl`), fitted, role: "test" } as const;
    const encoded = await encodeRows(model, places, () => Promise.resolve(scorer));
    expect(encoded?.report.rows).toBe(rows);
    return await scorer.finish();
  } finally {
    await scorer.close();
  }
}

describe("rows of files", () => {
  it("are predicted by the engine that is fastest for many", async () => {
    const [tables, small] = [await open("tables"), await open("small")];
    expect(tables.opened.engine).toBe("simd");
    const hasFused = loadStepsAddon() !== undefined;
    if (hasFused || hasOnnx) expect(small.opened.engine).toBe(hasFused ? "fused" : "onnx");
    for (const { opened } of [tables, small]) opened.session.close();
  });

  it.each(["tables", "small"])(
    "are predicted alike in memory of one thread and of several, of the model %s",
    async (name) => {
      const found = await open(name);
      const single = await scoreRows(name, found, { threads: 0 });
      const beside = await scoreRows(name, found, { threads: 2, rows: 1 });
      expect(beside.get("ctr")).toEqual(single.get("ctr"));
      const started = startForBytes(1e9, 2);
      const atOnce = await scoreRows(name, found, { started });
      await started?.close();
      expect(atOnce.get("ctr")).toEqual(single.get("ctr"));
      const predictor = await loadPredictor(found.artifact.directory);
      const expected = predictor.predict(values)["ctr"] ?? new Float32Array();
      expect(expected).toHaveLength(rows);
      expect(Math.max(...expected.map((value, at) => Math.abs(value - (single.get("ctr")?.[at] ?? NaN))))).toBeLessThan(
        1e-6,
      );
      predictor.close();
      found.opened.session.close();
    },
  );

  it("are encoded alike as they are read and into a file", async () => {
    const { artifact, opened } = await open("small");
    const { model, fitted } = artifact;
    const places = { specPath: join(folder, "small.mtl"), fitted };
    const { test } = await openData(model, { ...places, roles: ["test"] });
    if (test === undefined) throw new Error("there is no test data");
    for (const size of [7, 2_048, 3_000]) {
      const layout = batchLayout(model);
      const batch = createBatch(layout, roomOf(size));
      const stored = test.batches({ size, pad: false });
      const encoded = await encodeRows(model, { ...places, role: "test" }, () =>
        Promise.resolve({
          rows: size,
          room: () => batch,
          take: async (block, count) => {
            const expected = stored.next().value as EncodedBatch;
            expect(count).toBe(expected.rows);
            expect(block.ids.subarray(0, expected.ids.length)).toEqual(expected.ids);
            expect(block.numbers.subarray(0, expected.numbers.length)).toEqual(expected.numbers);
            expect(block.weights.subarray(0, count)).toEqual(expected.weights);
          },
        }),
      );
      expect(encoded?.report).toEqual(test.report);
      expect(stored.next().done).toBe(true);
    }
    opened.session.close();
    test.close();
  });

  it("are no longer predicted once a signal fires", async () => {
    const found = await open("tables");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(scoreRows("tables", found, { signal, threads: 2, rows: 1 })).rejects.toThrow("enough");
    found.opened.session.close();
  });
});

describe("a ring of blocks", () => {
  it("gives each block to one, and its result to whoever filled it", () => {
    const ring = createRing(2, 8, 4);
    const filler = fillRing(ring);
    const put = (value: number): void => {
      const at = filler.free(() => undefined);
      if (at === undefined) throw new Error("there is no room");
      new Int32Array(ring.blocks[at]!)[0] = value;
      filler.put(at, value);
    };
    put(3);
    put(4);
    expect(filler.free(() => undefined)).toBeUndefined();
    const block = takeBlock(ring)!;
    expect(block.rows).toBe(3);
    // One that is worked on is nobody else's, and has no room either.
    expect(takeBlock(ring)?.rows).toBe(4);
    expect(takeBlock(ring)).toBeUndefined();
    expect(filler.free(() => undefined)).toBeUndefined();
    new Int32Array(ring.results[block.at]!)[0] = 30;
    finishBlock(ring, block);
    const results: number[] = [];
    expect(filler.free((at) => results.push(new Int32Array(ring.results[at]!)[0]!))).toBe(block.at);
    expect(results).toEqual([30]);
  });

  it("is worked off by one who may end when it is closed", () => {
    const ring = createRing(3, 4, 4);
    const filler = fillRing(ring);
    for (const rows of [5, 6])
      filler.put(
        filler.free(() => undefined)!,
        rows,
      );
    filler.close();
    const seen: number[] = [];
    workOff(ring, ({ rows: count }) => seen.push(count));
    expect(seen).toEqual([5, 6]);
  });
});
