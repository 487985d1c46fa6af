/** Trees from a spec to an artifact, with LightGBM's library; skipped where it is not installed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, loadPredictor, train, type TrainEvent, type TrainOptions } from "../../src/index.js";
import { recompileArtifact } from "../../src/runtime/jobs/compile-artifact.js";
import { writeArtifact } from "../../src/runtime/artifact/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { loadLightGbm } from "../../src/runtime/trees/library.js";
import { createRandom } from "../lower/harness.js";

const found = await loadLightGbm();
if (found.kind === "unavailable") console.warn(`no trees are made: LightGBM's library: ${found.problem}`);

const head = (extra = ""): string => `model m
data { train: csv("train.csv"), validation: csv("valid.csv"), group: request${extra} }
features { kind: categorical, x: numeric, y: numeric }
labels { click: event, buy: event within click, stay: amount within click }
`;

const spec = `${head()}
task pref: score = trees(kind, x, y, rounds: 12, leaves: 6, min_rows: 5)
task ctr: P(click) = sigmoid(trees(kind, x, y, rounds: 8, leaves: 6, min_rows: 5, row_share: 0.8))
task cvr: P(buy | click) = sigmoid(trees([x, y], rounds: 4, leaves: 4, min_rows: 5))
chain ctcvr = ctr * cvr
loss { pref: lambdarank(gain: { buy: 3, click: 1 }, at: 5), ctr: bce, cvr: bce }
metrics { pref: ndcg(at: 5), ctr: [auc, logloss], cvr: auc, ctcvr: auc }
fusion order = pref + ctcvr
`;

/** Requests of six rows; of one number in ten nothing is known. */
function csv(requests: number, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: requests * 6 }, (_, row) => {
    const [kind, x, y] = [Math.floor(random() * 5), random() * 2 - 1, Math.floor(random() * 9)];
    const click = random() < 1 / (1 + Math.exp(-2 * x - (kind % 2))) ? 1 : 0;
    const buy = click === 1 && random() < y / 10 ? 1 : 0;
    const stay = click === 1 ? Math.round(random() * 40 * (1 + x)) : "";
    return `r${Math.floor(row / 6)},k${kind},${random() < 0.1 ? "" : x.toFixed(3)},${y},${click},${buy},${stay},0`;
  });
  return `request,kind,x,y,click,buy,stay,none\n${lines.join("\n")}\n`;
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-trees-"));
  writeFileSync(join(root, "train.csv"), csv(120, 1));
  writeFileSync(join(root, "valid.csv"), csv(40, 2));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
async function run(text: string, options: Omit<TrainOptions, "spec"> = {}): ReturnType<typeof train> {
  const path = join(root, `m${runs++}.mtl`);
  writeFileSync(path, text);
  return train({ spec: path, ...options });
}

/** Files of an artifact by path; the note of this machine is none of it. */
function filesOf(directory: string): ReadonlyMap<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = paths.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith("run.json"));
  return new Map(files.sort().map((path) => [path.slice(directory.length), readFileSync(path, "latin1")]));
}

const reject = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: unknown) =>
      error instanceof Failure ? `${error.diagnostics[0]!.code}: ${error.diagnostics[0]!.message}` : String(error),
  );

describe.skipIf(found.kind === "unavailable")("trees", () => {
  it("are trained, measured, predicted and compiled again, the same twice", async () => {
    const [first, second] = [join(root, "first"), join(root, "second")];
    const events: TrainEvent["kind"][] = [];
    const result = await run(spec, { output: first, onEvent: ({ kind }) => events.push(kind) });
    runs -= 1;
    await run(spec, { output: second });
    expect(filesOf(first)).toEqual(filesOf(second));
    expect([...filesOf(first).keys()].filter((path) => /tree|tfjs|saved_model/.test(path))).toEqual([
      "/trees/ctr.txt",
      "/trees/cvr.txt",
      "/trees/pref.txt",
    ]);
    expect(events).not.toContain("engine");
    expect(result.summary).toMatchObject({ ended: "done", steps: 12, keptEpoch: 12 });
    const { heads } = await evaluate({ artifact: first });
    expect(heads).toEqual(result.evaluation?.heads);
    expect(heads["ctr"]!["auc"]).toBeGreaterThan(0.65);
    expect(heads["cvr"]!.rows).toBeLessThan(heads["ctr"]!.rows);
    expect(heads["pref"]!["ndcg(at: 5)"]).toBeGreaterThan(0.6);

    const again = join(root, "again");
    await writeArtifact(again, await recompileArtifact(first));
    expect(filesOf(again)).toEqual(filesOf(first));
    const predictor = await loadPredictor(again);
    const rows = [
      { kind: "k1", x: 0.7, y: 8 },
      { kind: "unseen", x: null, y: 0 },
    ];
    const { pref, ctr, cvr, ctcvr } = predictor.predict(rows);
    expect([...ctcvr!]).toEqual(
      [...ctr!].map((value, row) => Math.fround(value * cvr![row]!)).map((v) => expect.closeTo(v, 6)),
    );
    expect(pref![0]).toBeGreaterThan(pref![1]!);
    // Rows one by one are the same rows.
    expect(rows.map((row) => predictor.predict([row])["pref"]![0])).toEqual([...pref!]);
  });

  it("of the example stop early on requests of their own, and are measured on others", async () => {
    const examples = join(import.meta.dirname, "../../specs/examples");
    const { summary, history, evaluation } = await train({ spec: join(examples, "lambdamart.mtl") });
    expect(history.map((each) => each.evaluation?.role)).toContain("validation");
    expect(summary.keptEpoch).toBeGreaterThan(1);
    expect(evaluation).toMatchObject({ role: "test", heads: { pref: { rows: 960 } } });
    expect(evaluation?.heads["pref"]?.["ndcg(at: 10)"]).toBeGreaterThan(0.5);
  });

  it("are as many as early stopping finds best, for all tasks together", async () => {
    const text = `${spec}train { stop: early(metric: auc(ctr), patience: 2) }`.replaceAll(
      /rounds: \d+/g,
      "rounds: 400",
    );
    const directory = join(root, "stopped");
    const { summary, history, evaluation } = await run(text, { output: directory });
    const best = Math.max(...history.map((each) => each.evaluation?.heads["ctr"]?.["auc"] ?? 0));
    expect(summary.ended).toBe("stopped");
    expect(summary.keptEpoch).toBe(summary.steps - 2);
    expect(evaluation?.heads["ctr"]?.["auc"]).toBe(best);
    for (const task of ["pref", "ctr", "cvr"])
      expect(readFileSync(join(directory, "trees", `${task}.txt`), "utf8").match(/^Tree=/gm)).toHaveLength(
        summary.keptEpoch,
      );
  });

  it("minimise amounts by each loss that fits", async () => {
    for (const [value, loss] of [
      ["trees(kind, x, y)", "mse"],
      ["trees(kind, x, y)", "mae"],
      ["trees(kind, x, y)", "huber(delta: 5)"],
      ["trees(kind, x, y)", "quantile(q: 0.8)"],
      ["exp(trees(kind, x, y))", "tweedie(power: 1.4)"],
    ]) {
      const text = `${head()}task time: E(stay | click) = ${value!}\nloss { time: ${loss!} }\nmetrics { time: [mae, spearman] }`;
      const { evaluation } = await run(text.replaceAll("kind, x, y)", "kind, x, y, rounds: 20, leaves: 5)"));
      expect(evaluation?.heads["time"]?.["spearman"], loss).toBeGreaterThan(0.3);
    }
  });

  it("refuse what they cannot do", async () => {
    const one = `${head()}task ctr: P(click) = sigmoid(trees(x, y))\nloss { ctr: bce }`;
    expect(await reject(run(one, { epochs: 3 }))).toBe(
      "MTL7366: `--epochs` is not for trees: the spec says their `rounds`",
    );
    writeFileSync(
      join(root, "none.csv"),
      readFileSync(join(root, "train.csv"), "utf8").replaceAll(/,1,[01],\d+,0$/gm, ",0,0,,0"),
    );
    const unclicked = `${head()}task cvr: P(buy | click) = sigmoid(trees(x, y))\nloss { cvr: bce }`;
    expect(await reject(run(unclicked.replace("train.csv", "none.csv")))).toBe(
      "MTL7368: no row of the training data counts for `cvr`",
    );
    const negative = `${head()}task time: E(stay | click) = exp(trees(x, rounds: 2))\nloss { time: tweedie }`;
    writeFileSync(
      join(root, "negative.csv"),
      readFileSync(join(root, "train.csv"), "utf8").replace(/,1,0,\d+,0\n/, ",1,0,-5,0\n"),
    );
    expect(await reject(run(negative.replace("train.csv", "negative.csv")))).toMatch(
      /^MTL7367: LightGBM cannot make the trees of `time`: .*negative/,
    );
  });
});
