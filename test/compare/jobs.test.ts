import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCompare } from "../../src/cli/commands/compare/run.js";
import { compareArtifacts, type CompareOptions } from "../../src/runtime/jobs/compare.js";
import { compareSpecs, type CompareSpecsOptions } from "../../src/runtime/jobs/compare-specs.js";
import { evaluate } from "../../src/runtime/jobs/evaluate.js";
import { train } from "../../src/runtime/jobs/train.js";
import { createTiny, tinyRows } from "../train/tiny.js";

const tiny = createTiny();
const { root } = tiny;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rest = "metrics { ctr: [auc, logloss, calibration] }";
const spec = tiny.spec("base", { rest });
const artifact = (name: string): string => join(root, "out", name);

beforeAll(async () => {
  writeFileSync(join(root, "day.csv"), tinyRows(90, 5));
  // Later than the base's: what a change of the labels does.
  const turned = readFileSync(tiny.spec("turned", { rest }), "utf8").replace(
    "click: event",
    "click: event = click == 0",
  );
  writeFileSync(join(root, "turned.mtl"), turned);
  const renamed = readFileSync(spec, "utf8").replaceAll("ctr", "other");
  writeFileSync(join(root, "renamed.mtl"), renamed);
  const runs = [
    ["one", spec, 1],
    ["two", spec, 2],
    ["turned", join(root, "turned.mtl"), 1],
    ["renamed", join(root, "renamed.mtl"), 1],
  ] as const;
  for (const [name, path, seed] of runs) await train({ spec: path, output: artifact(name), seed, engine: "cpu" });
  await train({ spec, output: artifact("day"), test: [join(root, "day.csv")], engine: "cpu" });
});

const compare = (
  names: readonly string[],
  options: Partial<CompareOptions> = {},
): ReturnType<typeof compareArtifacts> =>
  compareArtifacts({ artifacts: names.map(artifact), engine: "cpu", resamples: 100, ...options });

const messageOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => (error as Error).message,
  );

describe("comparing artifacts", () => {
  it("has the values that `evaluate` has, side by side", async () => {
    const result = await compare(["one", "two"]);
    const [one, two] = await Promise.all(
      ["one", "two"].map(async (name) => (await evaluate({ artifact: artifact(name), engine: "cpu" })).heads["ctr"]),
    );
    expect(result).toMatchObject({ of: "artifacts", role: "test", base: 0, level: 0.95, resamples: 100, leftOut: [] });
    expect(result.models.map(({ name, seed }) => [name, seed])).toEqual([[artifact("one"), 1], [artifact("two"), 2]]); // prettier-ignore
    expect(new Set(result.models.map((model) => model.spec)).size).toBe(1);
    expect(new Set(result.models.map((model) => model.hash)).size).toBe(2);
    const [head] = result.heads;
    expect([head?.head, head?.rows]).toEqual(["ctr", 24]);
    expect(head?.metrics.map(({ metric, method, values }) => [metric, method, values])).toEqual(
      ["auc", "logloss", "calibration"].map((name) => [
        name,
        name === "auc" ? "delong" : "bootstrap",
        [one?.[name], two?.[name]],
      ]),
    );
    for (const { differences } of head?.metrics ?? []) expect(differences[0]?.interval).toBeDefined();
  });

  it("does not tell an artifact from itself", async () => {
    const { heads } = await compare(["one", "one", "two"], { base: 1 });
    for (const { differences } of heads[0]?.metrics ?? []) {
      expect(differences.map(({ model }) => model)).toEqual([0, 2]);
      expect(differences[0]).toMatchObject({ difference: 0, interval: { low: 0, high: 0 }, verdict: "same" });
    }
  });

  it("measures all on the rows that are given", async () => {
    const test = [join(root, "day.csv")];
    const { heads } = await compare(["one", "day"], { test });
    const expected = await evaluate({ artifact: artifact("one"), test, engine: "cpu" });
    expect(heads[0]).toMatchObject({ rows: 90 });
    expect(heads[0]?.metrics[0]?.values[0]).toBe(expected.heads["ctr"]?.["auc"]);
  });

  it("ends with 1 only where it is asked for and a model is worse", async () => {
    const slow = join(root, "slow-artifact.mtl");
    writeFileSync(slow, readFileSync(spec, "utf8").replace("lr: 0.05", "lr: 0.0001"));
    await train({ spec: slow, output: artifact("slow"), engine: "cpu" });
    const many = join(root, "many.csv");
    writeFileSync(many, tinyRows(2000, 7));
    const exitCodeOf = async (names: readonly string[], failOn?: "worse"): Promise<number> => {
      const { exitCode } = await runCompare({
        models: names.map(artifact),
        test: [many],
        engine: "cpu",
        resamples: 100,
        ...(failOn === undefined ? {} : { failOn }),
        signal: new AbortController().signal,
        onEvent: () => undefined,
      });
      return exitCode;
    };
    expect(await exitCodeOf(["one", "slow"], "worse")).toBe(1);
    expect(await exitCodeOf(["one", "slow"])).toBe(0);
    expect(await exitCodeOf(["one", "one"], "worse")).toBe(0);
  });

  it("says what is wrong where rows, labels or heads differ", async () => {
    expect(await messageOf(compare(["one", "day"]))).toMatch(/^MTL7421: .* has 24 rows, that of .* 90;/);
    expect(await messageOf(compare(["one", "turned"]))).toMatch(/^MTL7422: `ctr` has another truth on row 1 /);
    expect(await messageOf(compare(["one", "renamed"]))).toMatch(/^MTL7420: .*`ctr`: .* has no such head/);
  });
});

describe("comparing specs", () => {
  const runs = (options: Partial<CompareSpecsOptions>): ReturnType<typeof compareSpecs> =>
    compareSpecs({ specs: [spec, spec], seeds: [3, 4], engine: "cpu", ...options });

  it("trains each with the same seeds, so that a spec is not told from itself", async () => {
    const slow = join(root, "slow.mtl");
    writeFileSync(slow, readFileSync(spec, "utf8").replace("lr: 0.05", "lr: 0.0001"));
    const result = await runs({ specs: [spec, spec, slow] });
    expect(result).toMatchObject({ of: "specs", role: "test", seeds: [3, 4], leftOut: [] });
    const single = await train({ spec, seed: 4, engine: "cpu" });
    const [auc] = result.heads[0]?.metrics ?? [];
    expect(auc?.bySeed?.[0]?.[1]).toBe(single.evaluation?.heads["ctr"]?.["auc"]);
    expect(auc?.bySeed?.[1]).toEqual(auc?.bySeed?.[0]);
    expect(auc?.bySeed?.[2]).not.toEqual(auc?.bySeed?.[0]);
    expect(auc?.differences[0]).toMatchObject({ difference: 0, verdict: "same" });
  });

  it("refuses other data and leaves out heads whose labels are made differently", async () => {
    const other = join(root, "other-data.mtl");
    writeFileSync(other, readFileSync(spec, "utf8").replace('test: "test.csv"', 'test: "day.csv"'));
    expect(await messageOf(runs({ specs: [spec, other] }))).toMatch(/^MTL7426: /);
    const test = [join(root, "day.csv")];
    expect((await runs({ specs: [spec, other], test })).heads[0]?.rows).toBe(90);
    expect(await messageOf(runs({ specs: [spec, join(root, "turned.mtl")] }))).toMatch(
      /^MTL7420: .*its labels are made differently/,
    );
  });
});
