import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { drawChoices, groups, methods, specsFolder, specText } from "../../bench/papers/mmoe-census/methods.js";
import { bestTrial, mmoeCensus } from "../../bench/papers/mmoe-census/report.js";
import type { CensusResults, CensusTrial } from "../../bench/papers/mmoe-census/results.js";
import { writeProtocol } from "../../bench/papers/mmoe-census/rows.js";
import { hashModel } from "../../src/compiler/model/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { createDraws } from "../../src/runtime/statistics/index.js";
import { root } from "./pages.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-census-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the specs of the census experiment", () => {
  const hashOf = (text: string): string => {
    const file = join(folder, "trial.mtl");
    writeFileSync(file, text);
    return hashModel(loadSpec(file).model);
  };
  const parts = join(root, specsFolder);
  it.each(methods)("$name takes what a search chooses, on both groups", (method) => {
    const [first = {}, drawn = {}, ...others] = drawChoices(method, 3, createDraws(7));
    expect(first).toEqual({});
    expect(others).toHaveLength(1);
    const [one, two] = groups.map((group) => hashOf(specText(method, group, first, parts)));
    expect(one).not.toBe(two);
    // Each number by itself makes another model, so that none is drawn in vain.
    const hashes = Object.keys(drawn).map((name) =>
      hashOf(specText(method, 1, { [name]: valueOfNoSpec(name) }, parts)),
    );
    expect(new Set([one, ...hashes]).size).toBe(1 + hashes.length);
    hashOf(specText(method, 2, drawn, parts));
  });

  const valueOfNoSpec = (name: string): number => {
    if (["rate", "decay", "dropped", "input_dropped", "strength"].includes(name)) return 0.0123;
    return { rank_tasks: 1, units: 100 }[name] ?? 7;
  };

  it("are drawn inside their ranges, the same for the same seed", () => {
    const [mmoe] = methods.slice(-1);
    const choices = drawChoices(mmoe!, 50, createDraws(1));
    expect(choices).toEqual(drawChoices(mmoe!, 50, createDraws(1)));
    const rates = choices.slice(1).map(({ rate = NaN }) => rate);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(3e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(5e-3);
    expect(new Set(choices.slice(1).map(({ pool_size }) => pool_size))).toEqual(new Set([2, 4, 8, 16]));
  });
});

describe("the rows of the census experiment", () => {
  it("are halves of the test file at random, the same each time", () => {
    const lines = (count: number, text: string): Buffer =>
      gzipSync(Array.from({ length: count }, (_, i) => `${text}${i}\n`).join(""));
    const [train, test] = [join(folder, "train.csv.gz"), join(folder, "test.csv.gz")];
    writeFileSync(train, lines(50, "a"));
    writeFileSync(test, lines(31, "b"));
    const read = (file: string): string[] => gunzipSync(readFileSync(file)).toString().trim().split("\n");
    const files = writeProtocol({ train, test }, join(folder, "halves"), 20);
    expect(files.rows).toEqual({ train: 20, validation: 15, test: 16 });
    const [validation, rest] = [read(files.validation), read(files.test)];
    expect([...validation, ...rest].toSorted()).toEqual(read(test).toSorted());
    // Not the first half, and in the order of the file.
    expect(validation).not.toEqual(read(test).slice(0, 15));
    expect(validation.map((line) => Number(line.slice(1)))).toEqual(
      validation.map((line) => Number(line.slice(1))).toSorted((a, b) => a - b),
    );
    expect(writeProtocol({ train, test }, join(folder, "halves"), 20)).toEqual(files);
    expect([read(files.validation), read(files.test)]).toEqual([validation, rest]);
    expect(writeProtocol({ train, test }, join(folder, "halves")).train).toBe(train);
  });
});

describe("the report of the census experiment", () => {
  const trial = (method: string, main: number, units: number): CensusTrial => ({
    group: 1,
    method,
    choice: { units },
    main,
    marital: 0.99,
  });
  const run = (method: string, seed: number, main: number) =>
    ({ group: 1, method, seed, main, marital: 0.98 + seed / 1e4 }) as const;
  const results: CensusResults = {
    experiment: "mmoe-census",
    form: "quick",
    command: "",
    machine: "",
    specs: {},
    options: { trials: 2, runs: 2, rows: { train: 1, validation: 1, test: 1 } },
    trials: [trial("mmoe", 0.93, 8), trial("mmoe", 0.94, 16), trial("omoe", 0.9, 8)],
    runs: [run("omoe", 1, 0.93), run("omoe", 2, 0.92), run("mmoe", 1, 0.95), run("mmoe", 2, 0.942)],
  };
  const tableOf = (name: string): readonly (readonly string[])[] => {
    const part = mmoeCensus.parts(results)[name];
    return part?.kind === "table" ? part.rows : [];
  };

  it("takes marital status from the run that is best at the main task", () => {
    expect(tableOf("group1").map(([method]) => method)).toEqual(["group 1", "OMoE", "MMoE"]);
    const [, , best, paperBest, mean, paperMean, marital] = ["", ...(tableOf("group1")[2] ?? [])];
    expect([best, paperBest, paperMean, marital]).toEqual(["0.9500", "0.9410", "0.9359", "0.9801"]);
    expect(mean).toMatch(/^0\.9460 ± /);
  });

  it("says how far each mean is from the best, and what was chosen", () => {
    const rows = tableOf("differences");
    expect(rows.find(([method]) => method === "MMoE")).toEqual(["MMoE", "best"]);
    expect(rows.find(([method]) => method === "OMoE")?.[1]).toMatch(/^0\.0210 ± /);
    expect(rows.find(([method]) => method === "Single task")?.[1]).toBe("–");
    expect(tableOf("group2")).toEqual([]);
    expect(tableOf("chosen")[2]).toEqual(["income, MMoE", "units 16", "0.9400"]);
    expect(bestTrial(results.trials, 2, methods[0]!)).toBeUndefined();
  });

  it("has the paper's figures of every method", () => {
    expect(existsSync(join(root, specsFolder, "protocol.mtl"))).toBe(true);
    for (const { name } of methods) expect(existsSync(join(root, specsFolder, `${name}.mtl`)), name).toBe(true);
  });
});
