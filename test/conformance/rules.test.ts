import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RulesCase } from "./rules-case.js";
import { relaxedOf, runOnEngine } from "./rules-engine.js";
import { runThroughSpec, specOf } from "./rules-spec.js";

const folder = join(import.meta.dirname, "rules");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
const casesOf = (file: string): readonly RulesCase[] =>
  JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly RulesCase[];
const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("rules conformance", () => {
  it("has at least 300 cases", () => {
    expect(files.flatMap(casesOf).length).toBeGreaterThanOrEqual(300);
  });

  describe.each(files)("%s", (file) => {
    it.each(casesOf(file).map((test) => [test.name, test] as const))("%s", (_, test) => {
      const outcome = runOnEngine(test);
      const ids = test.candidates.map(({ id }) => id);
      expect({
        list: [...outcome.list].map((row) => ids[row]),
        scores: [...outcome.list].map((row) => outcome.scores[row]),
        relaxed: relaxedOf(outcome.relaxed),
      }).toEqual(test.expect);
      expect(outcome.searchTruncated).toBe(false);
    });
  });

  it("is the same through the compiler: each case written as a spec", () => {
    for (const test of files.flatMap(casesOf)) {
      const { items, relaxed } = runThroughSpec(test);
      const plain: unknown = JSON.parse(JSON.stringify(relaxedOf(relaxed)).replaceAll('"all.', '"'));
      expect(
        { list: items.map(({ id }) => id), scores: items.map(({ score }) => score), relaxed: plain },
        `${test.name}\n${specOf(test)}`,
      ).toEqual(test.expect);
    }
  });

  it.skipIf(!hasPython)("agrees with the oracle (skipped where there is no python3)", () => {
    const { status, stdout } = spawnSync(
      "python3",
      [join(folder, "oracle.py"), "check", ...files.map((file) => join(folder, file))],
      { encoding: "utf8" },
    );
    expect(stdout.trim().split("\n").slice(-5).join("\n")).toMatch(/^\d+ passed, 0 failed$/);
    expect(status).toBe(0);
  });
});
