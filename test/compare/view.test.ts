import { describe, expect, it } from "vitest";
import { compareView } from "../../src/cli/commands/compare/view.js";
import { createTerminal } from "../../src/cli/terminal.js";
import type { ComparisonResult, MetricComparison } from "../../src/runtime/compare/result.js";

const terminal = createTerminal({ NO_COLOR: "1" });
const model = (name: string, spec = name): ComparisonResult["models"][number] => ({
  name,
  model: "shop",
  hash: name,
  spec,
  seed: 1,
});
const metric = (name: string, more: Partial<MetricComparison>): MetricComparison => ({
  metric: name,
  better: "greater",
  method: "delong",
  unit: "rows",
  units: 100,
  values: [0.72, 0.7231],
  differences: [],
  ...more,
});
const result = (metrics: readonly MetricComparison[], models = [model("out/a"), model("out/b")]): ComparisonResult => ({
  of: "artifacts",
  role: "test",
  models,
  base: 0,
  level: 0.95,
  resamples: 400,
  heads: [{ head: "income", rows: 100, metrics }],
  leftOut: [],
});
const better = { model: 1, difference: 0.0031, interval: { low: 0.0019, high: 0.0043 }, verdict: "better" } as const;

const linesOf = (compared: ComparisonResult): readonly string[] => compareView.human(compared, terminal).split("\n");

describe("what is said of a comparison", () => {
  it("is a plain sentence", () => {
    expect(linesOf(result([metric("auc", { differences: [better] })]))).toContain(
      "out/b is better than out/a in auc(income): +0.0031, 95 % interval [+0.0019, +0.0043]",
    );
  });

  it("words what is best small or near 1, what is not told apart, and what is not known", () => {
    const said = linesOf(
      result([
        metric("logloss", {
          better: "smaller",
          method: "bootstrap",
          differences: [{ ...better, difference: -0.01, interval: { low: -0.0123, high: -0.0077 } }],
        }),
        metric("calibration", { better: "nearest to 1", differences: [{ ...better, verdict: "worse" }] }),
        metric("ndcg(at: 10)", {
          differences: [{ model: 1, difference: 0.001, interval: { low: -0.03, high: 0.032 }, verdict: "same" }],
        }),
        metric("gauc", { differences: [{ model: 1, verdict: "unknown", reason: "no row has `click`" }] }),
      ]),
    );
    for (const line of [
      "out/b is better than out/a in logloss(income): -0.0100 (less is better), 95 % interval [-0.0123, -0.0077]",
      "out/b is worse than out/a in calibration(income): +0.0031 in the distance from 1 (less is better), 95 % interval [+0.0019, +0.0043]",
      "out/b and out/a are not told apart in ndcg(income, at: 10): +0.001, 95 % interval [-0.030, +0.032]",
      "out/b and out/a are not compared in gauc(income): no row has click",
    ])
      expect(said).toContain(line);
  });

  it("says that two artifacts are of one spec", () => {
    const said = linesOf(result([metric("auc", { differences: [better] })], [model("a", "s"), model("b", "s")]));
    expect(said).toContain(
      "b is better than a in auc(income): +0.0031, 95 % interval [+0.0019, +0.0043]; both are of one spec",
    );
    expect(said.join("\n")).toContain("what tells them apart is the luck of the seed");
  });

  it("names each model where there are several", () => {
    const models = [model("a"), model("b"), model("c")];
    const said = linesOf(
      result([metric("auc", { values: [0.7, 0.71, 0.69], differences: [better, { ...better, model: 2 }] })], models),
    );
    expect(said.filter((line) => /^auc +0\.70000 +[bc] /.test(line))).toHaveLength(2);
  });
});
