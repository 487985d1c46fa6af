import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lossesOf, meanDifference, varianceRatio, verdictOf } from "../../bench/papers/mmoe-synthetic/comparisons.js";
import { countWeights } from "../../bench/papers/mmoe-synthetic/count-weights.js";
import { bestRates } from "../../bench/papers/mmoe-synthetic/experiment.js";
import { createDataSet, presets, streams } from "../../bench/papers/mmoe-synthetic/generator.js";
import { labelCorrelation } from "../../bench/papers/mmoe-synthetic/labels.js";
import { createNormals } from "../../bench/papers/mmoe-synthetic/normals.js";
import { generatorOf } from "../../bench/papers/mmoe-synthetic/options.js";
import type { SyntheticRun } from "../../bench/papers/mmoe-synthetic/results.js";
import { createTrainer, runTogether } from "../../bench/papers/mmoe-synthetic/trainer.js";
import { linesOf } from "../../bench/write-mmoe-data.js";
import { selectEngine } from "../../src/runtime/engine/index.js";
import { train } from "../../src/runtime/jobs/train.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { normalCdf } from "../../src/runtime/statistics/index.js";

const root = join(import.meta.dirname, "../..");
const specs = join(root, "bench/papers/specs/mmoe-synthetic");
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe("normals", () => {
  it("are distributed as the normal distribution, in its tails too", () => {
    const normal = createNormals(2);
    const count = 400_000;
    const values = Float64Array.from({ length: count }, normal).toSorted();
    const distance = Math.max(
      ...[...values].filter((_, i) => i % 7 === 0).map((x, i) => Math.abs(normalCdf(x) - (7 * i + 0.5) / count)),
    );
    // Kolmogorov and Smirnov: 0.1 % of such samples are further away.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
    const beyond = values.filter((x) => Math.abs(x) > 3.442619855899).length;
    const expected = 2 * count * normalCdf(-3.442619855899);
    expect(Math.abs(beyond - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  it("are a function of the seeds", () => {
    const draw = (...seeds: readonly number[]) => Array.from({ length: 3 }, createNormals(...seeds));
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(1, 3));
  });
});

describe("the generator", () => {
  it.each([-1, 0, 0.5, 1])("makes weights of length c whose cosine is %d", (correlation) => {
    const { weights } = createDataSet(presets.pytorch, correlation, 3);
    const [first, second] = weights;
    expect(Math.sqrt(dot(first, first))).toBeCloseTo(3, 12);
    expect(Math.sqrt(dot(second, second))).toBeCloseTo(3, 12);
    expect(dot(first, second) / 9).toBeCloseTo(correlation, 12);
  });

  it("makes labels by the formula of the paper", () => {
    const generator = generatorOf([
      "--dimension",
      "4",
      "--alphas",
      "2,3",
      "--betas",
      "0.5,1",
      "--noise",
      "0",
      "--scale",
      "2",
    ]);
    const data = createDataSet(generator, 0.9, 7);
    const [x, y] = [new Float32Array(12), new Float32Array(6)];
    data.stream(streams.train)({ x, y });
    for (let row = 0; row < 3; row++)
      data.weights.forEach((weights, task) => {
        const product = dot(weights, Float64Array.from(x.subarray(4 * row, 4 * row + 4)));
        const expected = product + Math.sin(2 * product + 0.5) + Math.sin(3 * product + 1);
        expect(y[2 * row + task]).toBeCloseTo(expected, 5);
      });
  });

  it("adds noise of its deviation, and goes on with a stream where it was", () => {
    const noisy = createDataSet({ ...presets.google, noise: 0.5 }, 0.5, 1);
    const exact = createDataSet({ ...presets.google, noise: 0 }, 0.5, 1);
    const rows = (data: typeof noisy, sizes: readonly number[]) => {
      const next = data.stream(streams.train);
      return sizes.flatMap((size) => {
        const [x, y] = [new Float32Array(100 * size), new Float32Array(2 * size)];
        next({ x, y });
        return [...y];
      });
    };
    expect(rows(noisy, [5, 3])).toEqual(rows(noisy, [8]));
    const plain = rows(exact, [2000]);
    const added = rows(noisy, [2000]).map((value, i) => value - plain[i]!);
    expect(Math.sqrt(added.reduce((sum, value) => sum + value ** 2, 0) / added.length)).toBeCloseTo(0.5, 1);
  });

  it("makes labels whose correlation grows with that of the tasks", () => {
    const found = [0, 0.5, 0.9, 1].map((p) => labelCorrelation(presets.google, p, 1, 20_000));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(Math.abs(found[0]!)).toBeLessThan(0.03);
    expect(found[3]).toBeGreaterThan(0.999);
  });

  it("refuses flags that do not fit", () => {
    expect(() => generatorOf(["--alphas", "1,2", "--betas", "1"])).toThrow("give as many of either");
    expect(() => generatorOf(["--noise", "little"])).toThrow('--noise takes a number, not "little"');
    expect(() => generatorOf(["--preset", "mine"])).toThrow("mine is not a preset; there is google, keras, pytorch");
  });
});

describe("the experiment", () => {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-synthetic-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has models of the paper's sizes", () => {
    const counted = (name: string) => countWeights(loadSpec(join(specs, `${name}.mtl`)).model);
    expect(counted("mmoe").counted).toBe(100 * 16 * 8 + 2 * 16 * 8);
    expect(counted("omoe").counted).toBe(counted("mmoe").counted);
    expect(counted("shared_bottom").counted).toBe(113 * (100 + 2 * 8));
    expect(counted("mmoe").all - counted("omoe").all).toBe(100 * 8);
  });

  it("trains as `mtlc train` does on the same rows in files", async () => {
    cpSync(specs, folder, { recursive: true });
    const text = readFileSync(join(folder, "data.mtl"), "utf8")
      .replaceAll('"data/', '"')
      .replace("epochs:", "shuffle: false, epochs:");
    writeFileSync(join(folder, "data.mtl"), text);
    const data = createDataSet(presets.google, 0.5, 11);
    const [steps, heldOut] = [4, 200];
    const batch = 64;
    writeFileSync(join(folder, "train.csv"), [...linesOf(data, streams.train, 100, batch * steps)].join(""));
    writeFileSync(join(folder, "test.csv"), [...linesOf(data, streams.end, 100, heldOut)].join(""));
    const { engine } = await selectEngine({ preference: "cpu" });
    const spec = loadSpec(join(folder, "mmoe.mtl"));
    const trainer = await createTrainer(engine, spec.model, { batch, lr: 1e-3 });
    const length = { batch, steps, points: 2, heldOut: { point: heldOut / 2, end: heldOut } };
    const [first] = await runTogether([trainer], spec.model, { data, seed: 4, length });
    const [again] = await runTogether([trainer], spec.model, { data, seed: 4, length });
    const [other] = await runTogether([trainer], spec.model, { data, seed: 5, length });
    trainer.close();
    const { evaluation } = await train({ spec: spec.path, seed: 4, engine: "cpu" });
    const losses = ["task_1", "task_2"].map((task) => evaluation!.heads[task]!["rmse"]! ** 2);
    for (const [task, loss] of losses.entries()) expect(first!.end[task]! / loss).toBeCloseTo(1, 5);
    expect(first!.curve).toHaveLength(2);
    expect(again).toEqual(first);
    expect(other!.end).not.toEqual(first!.end);
  });

  it("takes the learning rate of the smallest loss", () => {
    const setting = { variant: "google", correlation: 0.5 } as const;
    const cell = (model: "omoe" | "mmoe", lr: number, loss: number) => ({ ...setting, model, lr, loss });
    const rateOf = bestRates([cell("mmoe", 1, 3), cell("mmoe", 2, 1), cell("mmoe", 3, 2), cell("omoe", 1, 0)]);
    expect(rateOf(setting, "mmoe")).toBe(2);
    expect(rateOf(setting, "omoe")).toBe(1);
    expect(rateOf({ ...setting, variant: "without a grid" }, "mmoe")).toBe(2);
  });
});

describe("comparisons", () => {
  const run = (model: "omoe" | "mmoe", seed: number, loss: number): SyntheticRun => ({
    variant: "google",
    correlation: 0.5,
    model,
    lr: 1,
    seed,
    end: [loss - 1, loss + 1],
  });
  const normal = createNormals(9);
  const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
  const shared = seeds.map(normal);
  const runs = seeds.flatMap((seed, i) => [
    run("mmoe", seed, 5 + shared[i]! + 0.01 * normal()),
    run("omoe", seed, 5.02 + shared[i]! + 0.01 * normal()),
  ]);
  const losses = (model: "omoe" | "mmoe") =>
    lossesOf(runs.toReversed(), { variant: "google", correlation: 0.5 }, model);

  it("pair runs of one seed", () => {
    const difference = meanDifference(losses("omoe"), losses("mmoe"));
    expect(difference.mean).toBeCloseTo(0.02, 2);
    expect(verdictOf(difference, 0)).toBe("above");
    expect(verdictOf(meanDifference(losses("mmoe"), losses("omoe")), 0)).toBe("below");
    expect(verdictOf(meanDifference(losses("mmoe"), losses("mmoe")), 0)).toBe("not told apart");
  });

  it("tell variances apart that are", () => {
    const wide = losses("mmoe").map((loss) => 3 * loss);
    expect(varianceRatio(wide, losses("mmoe")).mean).toBeCloseTo(9, 10);
    expect(verdictOf(varianceRatio(wide, losses("mmoe")), 1)).toBe("above");
    const other = seeds.map(normal);
    expect(verdictOf(varianceRatio(other, losses("mmoe")), 1)).toBe("not told apart");
  });
});
