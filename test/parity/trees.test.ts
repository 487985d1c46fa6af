/**
 * Trees beside LightGBM's own run in Python, which reads the files itself. Run with `MTLC_PYTHON`, else `python3`; skipped
 * without lightgbm there, or without its library here.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { predictColumns } from "../../src/runtime/jobs/predict/predict.js";
import { loadLightGbm } from "../../src/runtime/trees/library.js";
import { python, pythonHas } from "../python.js";

const hasPython = pythonHas("lightgbm");
const found = await loadLightGbm();
const isReady = hasPython && found.kind === "loaded";
if (!isReady) console.warn(`trees are not compared with LightGBM's own run: ${python} or mtlc has no lightgbm`);

const examples = join(import.meta.dirname, "../../specs/examples");
const data = { train: join(examples, "ranking/train.csv.gz"), test: join(examples, "ranking/test.csv.gz") };
const fixed = { seed: 1, num_threads: 1, deterministic: true, force_row_wise: true, verbosity: -1 };

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-parity-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ours(text: string, name: string): Promise<readonly number[]> {
  const spec = join(root, `${name}.mtl`);
  writeFileSync(spec, text);
  await train({ spec, ...filesOf(), output: join(root, name) });
  const { heads } = await predictColumns({ artifact: join(root, name), files: [data.test] });
  return [...heads.get("pref")!];
}

const filesOf = (): { readonly train: readonly string[]; readonly test: readonly string[] } => ({
  train: [data.train],
  test: [data.test],
});

function theirs(name: string, settings: object): readonly number[] {
  const path = join(root, `${name}.json`);
  const columns = ["user_id", "category"];
  const vocabularies = Object.fromEntries(columns.map((each) => [each, join(root, name, "vocab", `${each}.txt`)]));
  writeFileSync(path, JSON.stringify({ ...data, vocabularies, ...settings }));
  const { stdout, stderr } = spawnSync(python, [join(import.meta.dirname, "trees.py"), path], { encoding: "utf8" });
  expect(stderr.replaceAll(/^.*Warning.*$/gm, "")).not.toContain("Error");
  return JSON.parse(stdout) as readonly number[];
}

function expectSame(mine: readonly number[], other: readonly number[]): void {
  expect(mine).toHaveLength(other.length);
  expect(Math.max(...mine.map((value, row) => Math.abs(value - other[row]!)))).toBeLessThan(1e-6);
  expect(Math.max(...other) - Math.min(...other)).toBeGreaterThan(0.1);
}

describe.skipIf(!isReady)("LightGBM's own run", () => {
  it("of lambdamart.mtl predicts the same to 1e-6", async () => {
    const text = readFileSync(join(examples, "lambdamart.mtl"), "utf8")
      .replace(/^train \{.*\}$/m, "")
      .replace(/^ *split:.*$/m, "");
    const mine = await ours(text, "lambdarank");
    const parameters = {
      ...fixed,
      objective: "lambdarank",
      lambdarank_truncation_level: 10,
      label_gain: [0, 1, 2, 3],
      num_leaves: 15,
      learning_rate: 0.1,
    };
    const settings = {
      columns: ["user_id", "category", "price", "novelty"],
      group: "request_id",
      gains: { buy: 3, share: 2, click: 1 },
      rounds: 50,
      parameters,
    };
    expectSame(mine, theirs("lambdarank", settings));
  });

  it("of a probability, with drawn rows and features, predicts the same to 1e-6", async () => {
    const text = `model m
data { train: csv("train.csv") }
features { [user_id, category]: categorical, [price, novelty]: numeric }
labels { click: event }
task pref: P(click) = sigmoid(
  trees(user_id, category, price, novelty, rounds: 30, leaves: 8, lr: 0.2, row_share: 0.7, feature_share: 0.5, l2: 2)
)
loss { pref: bce }
train { seed: 5 }
`;
    const mine = await ours(text, "binary");
    const parameters = {
      ...fixed,
      objective: "binary",
      seed: 5,
      num_leaves: 8,
      learning_rate: 0.2,
      bagging_fraction: 0.7,
      bagging_freq: 1,
      feature_fraction: 0.5,
      lambda_l2: 2,
    };
    const columns = ["user_id", "category", "price", "novelty"];
    expectSame(mine, theirs("binary", { columns, gains: { click: 1 }, rounds: 30, parameters }));
  });
});
