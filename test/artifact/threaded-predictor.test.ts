/** A predictor in threads of its own answers as one in this thread does. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import { type Columns, loadPredictor, train } from "../../src/index.js";
import { sendableColumns } from "../../src/runtime/data/index.js";

const root = join(import.meta.dirname, "../..");
const rows = Array.from({ length: 40 }, (_, i) => ({
  user_id: `u${i % 7}`,
  item_id: `i${i % 11}`,
  hour: i % 24,
  price: i / 3,
}));

let folder = "";
let artifact = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-threads-"));
  for (const [name, text] of Object.entries(starterFiles())) writeFileSync(join(folder, name), text);
  artifact = join(folder, "out");
  await train({ spec: join(folder, "model.mtl"), output: artifact, steps: 2, engine: "cpu" });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a predictor in threads", () => {
  it("answers calls of rows and of columns as one in this thread", async () => {
    const here = await loadPredictor(artifact);
    const beside = await loadPredictor(artifact, { threads: 2 });
    expect([beside.heads, beside.columns]).toEqual([here.heads, here.columns]);
    const parts = [rows.slice(0, 1), rows.slice(1, 20), rows, []];
    expect(await Promise.all(parts.map((part) => beside.predict(part)))).toEqual(
      parts.map((part) => here.predict(part)),
    );
    const columns: Columns = {
      user_id: { codes: Int32Array.from([1, 0, -1]), dictionary: ["u1", "u2"] },
      item_id: ["i1", "i2", null],
      hour: Uint8Array.from([3, 4, 5]),
      price: Float64Array.from([1, NaN, 2.5]),
    };
    expect(await beside.predictColumns(columns)).toEqual(here.predictColumns(columns));
    here.close();
    await beside.close();
  });

  it("rejects with what is wrong with a call, and answers the next", async () => {
    const beside = await loadPredictor(artifact, { threads: 1 });
    await expect(beside.predict([{ ...rows[0], price: "dear" }])).rejects.toThrow("dear");
    await expect(beside.predictColumns({ hour: [1], price: [1, 2] })).rejects.toThrow("`price` 2");
    expect((await beside.predict(rows))["ctr"]).toHaveLength(40);
    await beside.close();
  });

  it("refuses less than a thread, and an artifact that is not there", async () => {
    for (const threads of [0, -1, 1.5, NaN])
      await expect(loadPredictor(artifact, { threads })).rejects.toThrow(RangeError);
    await expect(loadPredictor(join(folder, "none"), { threads: 1 })).rejects.toThrow("none");
  });

  it("has threads in the package, which end with it", { timeout: 300_000 }, async () => {
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
    const program = `
      import { loadPredictor } from ${JSON.stringify(join(root, "dist", "index.js"))};
      const beside = await loadPredictor(${JSON.stringify(artifact)}, { threads: 2 });
      const calls = ${JSON.stringify([rows, rows.slice(0, 3)])}.map((part) => beside.predict(part));
      const found = await Promise.all(calls);
      await beside.close();
      console.log(JSON.stringify([beside.threads, ...found.map(({ ctr }) => Array.from(ctr))]));
    `;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
    const here = await loadPredictor(artifact);
    const expected = [rows, rows.slice(0, 3)].map((part) => Array.from(here.predict(part)["ctr"] ?? []));
    here.close();
    expect(JSON.parse(printed)).toEqual([2, ...expected]);
  });
});

describe("columns for another thread", () => {
  it("are the same values, of vectors an array", () => {
    const vector = {
      length: 2,
      nullCount: 1,
      data: [{}],
      get: (i: number) => (i === 0 ? "a" : null),
      isValid: (i: number) => i === 0,
    };
    const sent = sendableColumns({ a: vector, b: Float32Array.of(1, 2), __proto__: null });
    expect([...sent]).toEqual([
      ["a", ["a", null]],
      ["b", Float32Array.of(1, 2)],
    ]);
  });
});
