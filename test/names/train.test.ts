import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileTargets } from "../../src/runtime/jobs/compile-targets.js";
import { describeTargets } from "../../src/runtime/jobs/describe-targets.js";
import { evaluate } from "../../src/runtime/jobs/evaluate.js";
import { loadPredictor } from "../../src/runtime/jobs/predict/load-predictor.js";
import { rankFiles } from "../../src/runtime/rank/index.js";
import { train } from "../../src/runtime/jobs/train.js";
import { headsSpec, heldNames, networkSpec } from "./names.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-names-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 64 rows; every column has values that every kind of feature takes. */
function writeRows(columns: readonly string[], events: readonly string[]): void {
  const lines = Array.from({ length: 64 }, (_, row) =>
    [...columns.map((_, i) => (row * 7 + i * 3) % 9), ...events.map((_, i) => ((row + i) % 3 === 0 ? 1 : 0))].join(","),
  );
  writeFileSync(join(folder, "train.csv"), `${[...columns, ...events].join(",")}\n${lines.join("\n")}\n`);
}

const rows = (columns: readonly string[]): readonly Readonly<Record<string, unknown>>[] => [
  Object.fromEntries(columns.map((name, i) => [name, i % 9])),
  // Nothing is known of this one: no value may come from anywhere else.
  {},
];

/** Trains, loads what was written, and predicts on both engines; the values by head. */
async function predictions(
  text: string,
  columns: readonly string[],
): Promise<Readonly<Record<string, readonly number[]>>> {
  // A file may have such a name as well.
  const spec = join(folder, "__proto__.mtl");
  writeFileSync(spec, text);
  const output = join(folder, "constructor");
  const { evaluation } = (await train({ spec, output, engine: "wasm", force: true })) as never as {
    evaluation: unknown;
  };
  expect(evaluation === null).toBe(false);
  const { targets } = await describeTargets(output);
  const carried = targets.filter(({ refusals }) => refusals?.length === 0).map(({ name }) => name);
  const emitted = await compileTargets({ spec: output, output: join(folder, "prototype"), targets: carried });
  expect(emitted.targets.every(({ files }) => files.length > 0)).toBe(true);
  const found = await Promise.all(
    (["cpu", "wasm"] as const).map(async (engine) => {
      const predictor = await loadPredictor(output, { engine });
      const values = predictor.predict(rows(columns));
      predictor.close();
      return Object.fromEntries(Object.entries(values).map(([head, data]) => [head, [...data]]));
    }),
  );
  const [cpu, wasm] = found;
  if (cpu === undefined || wasm === undefined) throw new Error("no predictions");
  expect(Object.keys(cpu)).toEqual(Object.keys(wasm));
  for (const [head, values] of Object.entries(cpu)) {
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
    values.forEach((value, i) => expect(value).toBeCloseTo(wasm[head]?.[i] ?? NaN, 5));
  }
  return cpu;
}

describe("names that JavaScript has", () => {
  it("of features train and predict like others", async () => {
    writeRows(heldNames, ["click"]);
    const held = await predictions(networkSpec(heldNames), heldNames);
    expect(Object.keys(held)).toEqual(["ctr"]);
    expect(held["ctr"]?.[0]).not.toBe(held["ctr"]?.[1]);
  });

  it("of labels, tensors and tasks train, evaluate and predict like others", async () => {
    writeRows(["user"], heldNames);
    const found = await predictions(headsSpec(heldNames), ["user"]);
    expect(Object.keys(found)).toHaveLength(heldNames.length);
    for (const [i, name] of heldNames.entries())
      expect(Object.hasOwn(found, i % 2 === 1 ? name : `p_${name}`)).toBe(true);
    const measured = await evaluate({ artifact: join(folder, "constructor"), engine: "cpu" });
    expect(JSON.stringify(measured)).toContain("__defineGetter__");
  });

  it("of features and scores rank like others", async () => {
    const spec = join(folder, "rank.mtl");
    writeFileSync(
      spec,
      `model rank
signals { __proto__: P(click), constructor: P(buy | click) }
attributes { toString: number in [0, 9] missing 1, valueOf: text missing "none" }
request { hasOwnProperty: number in [0, 9] missing 2 }
params { then: 2 in [0, 4] }
fusion score = __proto__ * constructor + toString * then + hasOwnProperty
rules r { drop d when valueOf == "bad" }
rank list = top 5 by score with r`,
    );
    const file = join(folder, "held.jsonl");
    writeFileSync(
      file,
      `{"id":"a","request":"q","__proto__":0.5,"constructor":0.5,"toString":3,"valueOf":"bad"}
{"id":"b","request":"q","__proto__":0.5,"constructor":0.5}
{"id":"c","request":"q","__proto__":0.25,"constructor":0.5,"toString":2,"valueOf":"good"}
`,
    );
    const items: unknown[] = [];
    for await (const answer of rankFiles({ source: spec, files: [file], now: 0, seed: 0 }))
      if (answer.kind !== "ranked") throw new Error(JSON.stringify(answer));
      else items.push(...answer.list.items.map(({ id, score }) => [id, score]));
    expect(items).toEqual([
      ["c", 0.125 + 4 + 2],
      ["b", 0.25 + 2 + 2],
    ]);
  });
});
