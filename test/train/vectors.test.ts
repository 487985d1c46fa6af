/** Embeddings that start from vectors of a file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { loadArtifact, splitState } from "../../src/runtime/artifact/index.js";
import { openData } from "../../src/runtime/data/index.js";
import { createProgram } from "../../src/runtime/engine/create-program.js";
import { holdState, initialReader } from "../../src/runtime/engine/state.js";
import { createPredictor } from "../../src/runtime/jobs/predict/predictor.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { withVectors } from "../../src/runtime/train/start-vectors.js";
import { duckdb } from "../data/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "mtlc-vectors-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const spec = join(root, "m.mtl");
const put = (name: string, text: string): void => writeFileSync(join(root, name), text);

function model(from: string, network = "tower t = mlp([item, text], [4])"): string {
  return `model m
data { train: csv("a.csv"), validation: csv("a.csv") }
features { item: categorical(embed: 2) }
labels { click: event }
table text = embedding(item, 2, from: "${from}")
${network}
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { optimizer: adamw(lr: 0.1), batch: 2, epochs: 2, frozen: [text] }
`;
}

beforeEach(() => {
  // The most frequent first: a has id 1, b 2, c 3.
  put("a.csv", "item,click\na,1\na,0\na,1\nb,0\nb,1\nc,1\n");
  put("v.csv", "item,x,y\nb,3,4.5\na,1,-2\nz,9,9\n");
  put("m.mtl", model("v.csv"));
});

/** The table as training starts, row by row. */
async function firstTable(): Promise<readonly number[]> {
  const { model: loaded } = loadSpec(spec);
  const data = await openData(loaded, { specPath: spec });
  for (const each of [data.train, data.validation]) each?.close();
  const { fitted } = data;
  const program = createProgram(loaded, fitted);
  const reader = await withVectors(initialReader(1), { model: loaded, program, fitted }, { specPath: spec });
  const kept = program.state.filter(({ role }) => role === "parameter");
  return [...(splitState(kept, holdState(kept, reader)).get("text.embedding")?.data ?? [])];
}

describe("embedding(…, from: file)", () => {
  it("starts from the file's vectors, and from zeros where it has none", async () => {
    expect(await firstTable()).toEqual([0, 0, 1, -2, 3, 4.5, 0, 0]);
  });

  it.each(["jsonl", "parquet"])("reads lists of numbers from %s", async (ending) => {
    put("v.jsonl", '{"item":"b","vector":[3,4.5]}\n{"item":"a","vector":[1,-2]}\n');
    if (ending === "parquet")
      await duckdb(`COPY (SELECT * FROM read_json('${join(root, "v.jsonl")}')) TO '${join(root, "v.parquet")}'`);
    put("m.mtl", model(`v.${ending}`));
    expect(await firstTable()).toEqual([0, 0, 1, -2, 3, 4.5, 0, 0]);
  });

  it("of experts gives each of them the vectors", async () => {
    put(
      "m.mtl",
      model(
        "v.csv",
        'experts pool[2] = embedding(item, 2, from: "v.csv")\ngate g = softmax(item) over pool\ntower t = mlp([g, text], [4])',
      ),
    );
    const { model: loaded } = loadSpec(spec);
    expect(loaded.nodes.some(({ replicas }) => replicas === 2)).toBe(true);
    expect(await firstTable()).toEqual([0, 0, 1, -2, 3, 4.5, 0, 0]);
  });

  it("stays as it is when frozen, and the artifact needs the file no more", async () => {
    await train({ spec, output: join(root, "out") });
    rmSync(join(root, "v.csv"));
    const loaded = await loadArtifact(join(root, "out"));
    const kept = loaded.program.state.filter(({ role }) => role === "parameter");
    const table = splitState(kept, loaded.state).get("text.embedding");
    expect([...(table?.data ?? [])]).toEqual([0, 0, 1, -2, 3, 4.5, 0, 0]);
    const predictor = await createPredictor(loaded);
    try {
      expect(predictor.heads).toEqual(["ctr"]);
    } finally {
      predictor.close();
    }
  });

  it.each([
    ["item,x\na,1\n", "MTL7343: the vectors of `v.csv` have 1 number, where the embedding has 2"],
    ["item,x,y,z\na,1,2,3\n", "MTL7343: the vectors of `v.csv` have 3 numbers, where the embedding has 2"],
    ["id,x,y\na,1,2\n", "MTL7342: the vectors of `v.csv` cannot be read: it has no column `item`"],
    [
      "item,x,y\nq,1,2\n",
      "MTL7342: the vectors of `v.csv` cannot be read: none of its ids is a value of `item` in the training data",
    ],
    ["item,x,y\na,1,\n", "MTL7342: the vectors of `v.csv` cannot be read: row 1 has no finite number at position 2"],
    [
      "item,x,y\na,1,2\nb,1,u\n",
      "MTL7105: column `y` is `u` in row 2 of `v.csv`, where the table of `item` needs a number",
    ],
  ])("%j is one message", async (text, expected) => {
    put("v.csv", text);
    await expect(firstTable()).rejects.toThrow(expected);
  });

  it("of lists of another width is one message", async () => {
    put("v.jsonl", '{"item":"a","vector":[1,2]}\n{"item":"q","vector":[1,2,3]}\n');
    put("m.mtl", model("v.jsonl"));
    await expect(firstTable()).rejects.toThrow(
      "MTL7343: the vectors of `v.jsonl` have 3 numbers, where the embedding has 2",
    );
  });
});
