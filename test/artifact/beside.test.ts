/** Calls of a predictor whose rows a thread beside it predicts in part: the same numbers, whatever the thread does. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchLayout } from "../../src/compiler/model/layout.js";
import { loadArtifact } from "../../src/runtime/artifact/index.js";
import { createBatch, cutBatch, rowsOfBatch } from "../../src/runtime/data/batches/records.js";
import type { EncodedBatch } from "../../src/runtime/data/index.js";
import { type BesideWork, rowsOfBlock, shareCalls, type SharedCalls } from "../../src/runtime/jobs/predict/beside.js";
import {
  awaitBlock,
  fillRing,
  finishBlock,
  returnBlock,
  type TakenBlock,
  takeBlock,
} from "../../src/runtime/jobs/predict/block-ring.js";
import { openForFiles } from "../../src/runtime/jobs/predict/open-by-size.js";
import { setupOf } from "../../src/runtime/jobs/predict/rows-setup.js";
import { createScorer, type Scorer } from "../../src/runtime/jobs/predict/scorer.js";
import { train } from "../../src/runtime/jobs/train.js";

const root = join(import.meta.dirname, "../..");

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-beside-"));
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${"abcd"[(i * 7) % 4] ?? ""},${(i % 97) / 10},${i % 2},${i % 3 === 0 ? 1 : 0}`,
  );
  writeFileSync(join(folder, "rows.csv"), `word,number,click,other\n${lines.join("\n")}\n`);
  writeFileSync(
    join(folder, "m.mtl"),
    `model m
data { train: csv("rows.csv") }
features { word: categorical(embed: 32), number: numeric }
labels { click: event, other: event }
task ctr: P(click) = sigmoid(logit([mlp([word], [64]), number]))
task cvr: P(other) = sigmoid(logit([mlp([word], [64]), number]))
loss { ctr: bce, cvr: bce }
`,
  );
  await train({ spec: join(folder, "m.mtl"), output: join(folder, "out"), steps: 2 });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A scorer of the model, which does not change a block of rows, and what it says of rows at once. */
async function open(): Promise<{
  readonly calls: SharedCalls;
  readonly score: Scorer;
  readonly setup: BesideWork["setup"];
  readonly batch: (rows: number) => EncodedBatch;
  readonly expected: (batch: EncodedBatch) => Readonly<Record<string, Float32Array>>;
}> {
  const artifact = await loadArtifact(join(folder, "out"));
  const opened = await openForFiles(artifact, undefined, () => undefined);
  expect(opened.engine).toBe("simd");
  const layout = { ...batchLayout(artifact.model), labels: [] };
  const score = createScorer(opened.session, opened.target, layout);
  const names = opened.target.outputs.map(({ name }) => name);
  return {
    calls: shareCalls({ layout, names, score }),
    score,
    setup: setupOf(artifact, opened, layout),
    batch: (rows) => {
      const batch = createBatch(layout, rows);
      for (let at = 0; at < rows; at += 1) {
        batch.ids[at] = (at * 5) % 4;
        batch.numbers[at] = Math.sin(at);
      }
      return batch;
    },
    expected: (batch) => {
      const into = new Float32Array(names.length * batch.rows);
      score(rowsOfBatch(batch, layout, 0, batch.rows), into);
      return Object.fromEntries(
        names.map((name, at) => [name, into.slice(at * batch.rows, (at + 1) * batch.rows)] as const),
      );
    },
  };
}

/** Encodes `step` rows at a time. */
function inSteps(
  batch: EncodedBatch,
  step: number,
  between: () => void = () => undefined,
): Parameters<SharedCalls["predict"]>[1] {
  return (onEncoded) => {
    for (let rows = step; rows < batch.rows; rows += step) {
      onEncoded(batch, rows);
      between();
    }
    return batch;
  };
}

describe("calls that are shared", () => {
  it("are predicted as they would be at once where nobody helps, however they are encoded", async () => {
    const { calls, batch, expected } = await open();
    for (const rows of [1, 63, 64, 65, 300, 1_000])
      for (const step of [7, 64, 128, 5_000]) {
        const given = batch(rows);
        const { outputs, answered } = calls.predict(rows, inSteps(given, step));
        expect(answered).toBe(true);
        expect(outputs).toEqual(expected(given));
      }
  });

  it("take what others predict, what they give back, and do without those who keep a block", async () => {
    const { calls, batch, expected, score } = await open();
    const given = batch(1_000);
    const results = calls.ring.results.map((result) => new Float32Array(result));
    const taken: TakenBlock[] = [];
    // Marks what it predicts, to be seen in what comes of it.
    const helper = (): void => {
      const block = takeBlock(calls.ring);
      if (block === undefined) return;
      results[block.at]!.fill(2);
      finishBlock(calls.ring, block);
    };
    const helped = calls.predict(given.rows, inSteps(given, 128, helper));
    const marked = helped.outputs["ctr"]!.filter((value) => value === 2).length;
    expect(marked).toBe(7 * rowsOfBlock);
    expect(helped.outputs["cvr"]!.filter((value) => value === 2)).toHaveLength(marked);
    const returned = calls.predict(
      given.rows,
      inSteps(given, 128, () => {
        const block = takeBlock(calls.ring);
        if (block !== undefined) returnBlock(calls.ring, block);
      }),
    );
    expect(returned).toEqual({ outputs: expected(given), answered: true });
    const keeper = (): void => {
      const block = takeBlock(calls.ring);
      if (block !== undefined) taken.push(block);
    };
    const kept = calls.predict(given.rows, inSteps(given, 128, keeper), 10);
    expect(taken.length).toBeGreaterThan(0);
    expect(kept).toEqual({ outputs: expected(given), answered: false });
    expect(score).toBeTypeOf("function");
  });

  it("leave nothing for the next call where encoding throws", async () => {
    const { calls, batch, expected } = await open();
    const given = batch(500);
    expect(() =>
      calls.predict(500, (onEncoded) => {
        onEncoded(given, 400);
        throw new Error("a value");
      }),
    ).toThrow("a value");
    expect(takeBlock(calls.ring)).toBeUndefined();
    const other = batch(300);
    other.numbers.fill(0.5);
    expect(calls.predict(300, inSteps(other, 64)).outputs).toEqual(expected(other));
  });

  it("are predicted alike by the thread of the package", { timeout: 300_000 }, async () => {
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
    const { calls, setup, batch, expected } = await open();
    const { ring } = calls;
    const work: BesideWork = { setup, ring };
    const worker = new Worker(join(root, "bin/thread.js"), { argv: ["beside-thread"], workerData: work });
    const filler = fillRing(ring);
    const given = batch(rowsOfBlock);
    for (const rows of [rowsOfBlock, 5]) {
      const at = filler.free(() => undefined)!;
      const part = cutBatch(given, setup.layout, rows);
      new Int32Array(ring.blocks[at]!).set(part.ids);
      new Float32Array(ring.blocks[at]!).set(part.numbers, rowsOfBlock * setup.layout.idWidth);
      filler.put(at, rows);
      let found = new Float32Array();
      const collect = (done: number): void => void (found = new Float32Array(ring.results[done]!).slice(0, 2 * rows));
      // Until the thread is open nobody has taken the block.
      for (let tries = 0; found.length === 0 && tries < 2_000; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        expect(awaitBlock(ring, at, 10_000)).toBe(true);
        filler.collect(collect);
      }
      const { ctr, cvr } = expected(part);
      expect([found.slice(0, rows), found.slice(rows)]).toEqual([ctr, cvr]);
    }
    calls.close();
    await new Promise((resolve) => worker.once("exit", resolve));
  });

  it("are those of a predictor of one thread, and a program ends that does not close it", { timeout: 300_000 }, () => {
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
    const program = `
      import { syncBuiltinESMExports } from "node:module";
      import threads from "node:worker_threads";
      let started = 0;
      const { Worker } = threads;
      threads.Worker = class extends Worker { constructor(...given) { super(...given); started++; } };
      syncBuiltinESMExports();
      const { loadPredictor } = await import(${JSON.stringify(join(root, "dist", "index.js"))});
      const [beside, single] = [{}, { oneThread: true }].map((options) => loadPredictor(${JSON.stringify(join(folder, "out"))}, options));
      const rows = Array.from({ length: 2000 }, (_, i) => ({ word: "abcde"[i % 5], number: (i % 31) / 7 }));
      const columns = { word: rows.map(({ word }) => word), number: Float64Array.from(rows, ({ number }) => number) };
      const part = (size) => ({ word: columns.word.slice(0, size), number: columns.number.subarray(0, size) });
      const [a, b] = [await beside, await single];
      a.predict(rows.slice(0, 511));
      const before = started;
      let same = 511;
      const end = performance.now() + 1500;
      for (let i = 0; performance.now() < end; i++) {
        const size = 512 + ((i * 37) % 1480);
        const calls = [a, b].map((each) => i % 2 ? each.predict(rows.slice(0, size)) : each.predictColumns(part(size)));
        const [found, expected] = calls.map(({ ctr, cvr }) => Buffer.concat([ctr, cvr].map(({ buffer }) => Buffer.from(buffer))));
        if (!found.equals(expected)) throw new Error("other numbers");
        same += size;
      }
      let message = "";
      try { a.predict([...rows, { word: "a", number: "dear" }]); } catch (error) { message = error.message; }
      console.log(JSON.stringify([before, started, a.report().rows === same, b.report().rows === same - 511, message.includes("dear")]));
    `;
    const env = { ...process.env, MTLC_THREADS: "2" };
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", env });
    expect(JSON.parse(printed)).toEqual([0, 1, true, true, true]);
  });
});
