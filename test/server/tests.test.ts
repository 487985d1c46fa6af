import { describe, expect, it } from "vitest";
import type { CodeLens } from "vscode-languageserver";
import type { Analysis } from "../../src/server/analysis/analysis.js";
import { failuresOf, lensesOf } from "../../src/server/features/tests.js";
import { createTestRuns } from "../../src/server/test-runs.js";
import { analyze, sampleWith as replaceIn } from "./marked.js";

/** The sample with a test that passes. */
const sample = replaceIn("{ ctr: 0.2 }", '{ ctr: 0.2, brand: "y" }');

function sampleWith(old: string, replacement: string): string {
  if (!sample.includes(old)) throw new Error(`the sample has no ${old}`);
  return sample.replace(old, () => replacement);
}

const uri = "file:///m.mtl";
const titles = (lenses: readonly CodeLens[]): readonly (string | undefined)[] =>
  lenses.map(({ command }) => command?.title);

function lenses(analysis: Analysis, runs = createTestRuns()): CodeLens[] {
  return lensesOf(analysis, uri, runs.of(analysis.path));
}

describe("lenses of tests", () => {
  it("are on the line of the title and run the test", () => {
    const analysis = analyze(sample);
    const [lens, ...rest] = lenses(analysis);
    expect(rest).toEqual([]);
    expect(lens?.command).toEqual({ title: "Run test", command: "mtl.runTests", arguments: [uri, "order"] });
    const line = sample.split("\n")[lens?.range.start.line ?? 0];
    expect(line).toBe('test "order" {');
  });

  it("run all tests of a file from the first one", () => {
    const two = `${sample}\ntest "other" {\n  candidate c { ctr: 0.5, cost: 2, brand: "x" }\n  expect score(c) > 1\n}\n`;
    expect(titles(lenses(analyze(two)))).toEqual(["Run test", "Run all 2 tests", "Run test"]);
  });

  it("are there while the spec has errors, and none without tests", () => {
    expect(titles(lenses(analyze(sampleWith("over pool", "over pol"))))).toEqual(["Run test"]);
    expect(lenses(analyze(sample.slice(0, sample.indexOf("test "))))).toEqual([]);
  });

  it("say what came of the last run, and that it is old until it runs again", () => {
    const runs = createTestRuns();
    const analysis = analyze(sample);
    runs.run(analysis);
    expect(titles(lenses(analysis, runs))).toEqual(["Run test", "✓ passed"]);
    expect(runs.refresh(analysis)).toBe(false);
    const changed = analyze(sampleWith("expect page == [b, a]", "expect page == [a, b]"));
    expect(titles(lenses(changed, runs))).toEqual(["Run test", "✓ passed before the last change"]);
    expect(runs.refresh(changed)).toBe(true);
    expect(titles(lenses(changed, runs))).toEqual(["Run test", "✗ 1 of 2 expectations failed"]);
  });

  it("keep the last result while the spec has errors", () => {
    const runs = createTestRuns();
    runs.run(analyze(sample));
    const broken = analyze(sampleWith("over pool", "over pol"));
    expect(runs.refresh(broken)).toBe(false);
    expect(titles(lenses(broken, runs))).toEqual(["Run test", "✓ passed before the last change"]);
  });

  it("run again only what was run", () => {
    const two = (limit: number): Analysis =>
      analyze(
        `${sample}\ntest "other" {\n  candidate c { ctr: 0.5, cost: 2, brand: "x" }\n  expect score(c) > ${limit}\n}\n`,
      );
    const runs = createTestRuns();
    runs.run(two(1), "other");
    expect([...runs.of("m.mtl").keys()]).toEqual(["other"]);
    runs.refresh(two(5));
    expect([...runs.of("m.mtl")].map(([title, { result }]) => [title, result.passed])).toEqual([["other", false]]);
    runs.forget("m.mtl");
    expect(runs.of("m.mtl").size).toBe(0);
  });
});

describe("expectations that failed", () => {
  it("are marked where they are, with the values of what they read", () => {
    const text = sampleWith("expect score(a) > 0", "expect score(a) > score(b) and alpha < 0.1");
    const runs = createTestRuns();
    const analysis = analyze(text);
    runs.run(analysis);
    const [failure, ...rest] = failuresOf(analysis, runs.of("m.mtl"));
    expect(rest).toEqual([]);
    expect(failure?.message).toBe(
      ["this expectation failed", "score(a) is 0.632456", "score(b) is 0.894427", "alpha is 0.5"].join("\n"),
    );
    expect(text.split("\n")[failure?.range.start.line ?? 0]).toContain("alpha < 0.1");
    expect(failuresOf(analyze(sample), runs.of("m.mtl"))).toEqual([]);
  });

  it("say the order of a list", () => {
    const analysis = analyze(sampleWith("page == [b, a]", "page == [a, b]"));
    const runs = createTestRuns();
    runs.run(analysis);
    expect(failuresOf(analysis, runs.of("m.mtl"))[0]?.message).toBe("this expectation failed\npage is [b, a]");
  });
});
