import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { methods, ctrMethod } from "../../bench/papers/esmm/methods.js";
import { esmmPaper } from "../../bench/papers/esmm/report.js";
import { defaultSetting, type EsmmResults, type Measured } from "../../bench/papers/esmm/results.js";
import { calibration, calibrationError, expectedAuc } from "../../bench/papers/esmm/truth.js";
import { defaultWorld, drawWorld, type WorldChoices } from "../../bench/papers/esmm/world.js";
import { createDraws } from "../../src/runtime/statistics/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { root } from "./pages.js";

const small: WorldChoices = { ...defaultWorld(20_000), users: 300, items: 400, seed: 3 };

describe("the world of known probabilities", () => {
  const world = drawWorld(small);
  const mean = (values: Float64Array, weights: Float64Array = values.map(() => 1)): number =>
    values.reduce((sum, value, row) => sum + value * weights[row]!, 0) / weights.reduce((a, b) => a + b, 0);

  it("has the rates that were asked for", () => {
    expect(mean(world.ctr)).toBeCloseTo(small.clickRate, 6);
    expect(mean(world.cvr, world.ctr)).toBeCloseTo(small.conversionRate, 6);
    const clicks = world.click.reduce((sum, click) => sum + click, 0);
    const expected = small.rows * small.clickRate;
    expect(Math.abs(clicks - expected)).toBeLessThan(4 * Math.sqrt(expected));
    expect(world.buy.every((buy, row) => buy <= world.click[row]!)).toBe(true);
  });

  it("moves both logits by what the bias shares", () => {
    const logits = ({ ctr, cvr }: ReturnType<typeof drawWorld>): number =>
      correlation(
        ctr.map((p) => Math.log(p / (1 - p))),
        cvr.map((p) => Math.log(p / (1 - p))),
      );
    expect(Math.abs(logits(drawWorld({ ...small, bias: 0 })))).toBeLessThan(0.15);
    expect(logits(drawWorld({ ...small, bias: 0.9 }))).toBeGreaterThan(0.7);
    // Clicked rows convert more than all rows would, and only by the bias.
    expect(mean(drawWorld({ ...small, bias: 0.9 }).cvr)).toBeLessThan(0.6 * small.conversionRate);
  });

  it("is a function of its choices", () => {
    expect(drawWorld(small)).toEqual(world);
    expect(drawWorld({ ...small, seed: 4 }).click).not.toEqual(world.click);
  });
});

describe("predictions against the truth", () => {
  const { uniform } = createDraws(5);
  const truth = Float64Array.from({ length: 60 }, () => uniform() * 0.5);
  const scores = truth.map((p) => Math.round(10 * (p + 0.3 * uniform())) / 10);

  it("have the AUC of all pairs of rows, each as likely as it is a positive and a negative", () => {
    let [area, all] = [0, 0];
    for (let i = 0; i < truth.length; i++)
      for (let j = 0; j < truth.length; j++) {
        if (i === j) continue;
        const share = truth[i]! * (1 - truth[j]!);
        all += share;
        area += share * (scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0);
      }
    expect(expectedAuc(scores, truth)).toBeCloseTo(area / all, 12);
    expect(expectedAuc([0.1, 0.2, 0.2, 0.9], [0, 0, 1, 1])).toBe(0.875);
  });

  it("are calibrated where they are the truth, and off by what they are off", () => {
    expect(calibration(truth, truth)).toBe(1);
    expect(calibrationError(truth, truth)).toBe(0);
    expect(calibration([0.2, 0.4], [0.1, 0.2])).toBeCloseTo(2, 12);
    // Too high in one bucket and too low in the other: right on the whole, and still off by 0.1.
    expect(calibrationError([0.2, 0.4], [0.1, 0.5], 2)).toBeCloseTo(0.1, 12);
    expect(calibrationError([0.2, 0.4], [0.1, 0.5], 1)).toBeCloseTo(0, 12);
  });
});

describe("the methods of ESMM's table", () => {
  it.each([ctrMethod, ...methods])("$name is a spec without a warning", ({ spec }) => {
    const { model, warnings } = loadSpec(join(root, "bench/papers/esmm/specs", `${spec}.mtl`));
    expect(warnings.filter(({ code }) => code !== "MTL6003")).toEqual([]);
    expect(model.heads.map(({ name }) => name)).toContain(spec === "ctr" ? "ctr" : "cvr");
  });

  it("are all that lie there, but what they share", () => {
    const files = readdirSync(join(root, "bench/papers/esmm/specs")).filter((file) => file.endsWith(".mtl"));
    const own = [ctrMethod, ...methods].map(({ spec }) => `${spec}.mtl`);
    expect(files.toSorted()).toEqual([...own, "log.mtl", "tables.mtl"].toSorted());
  });
});

describe("the report of ESMM's table", () => {
  const measured = (auc: number): Measured => ({
    cvrClicked: auc,
    ctcvrAll: auc,
    cvrTruth: auc,
    ctcvrTruth: auc,
    calibration: 1,
    calibrationError: 0.01,
  });
  const { seed: _seed, ...world } = small;
  const results: EsmmResults = {
    experiment: "esmm",
    form: "quick",
    command: "npm run bench -- esmm",
    machine: "two cores",
    specs: {},
    options: { world, settings: [defaultSetting] },
    runs: [0.6, 0.7, 0.8].map((auc, run) => ({
      setting: "default",
      seed: run + 1,
      log: { clicks: 100, conversions: 10, cvrAll: 0.03, cvrClicked: 0.05 },
      best: { cvrTruth: 0.9, ctcvrTruth: 0.95 },
      ctr: 0.7,
      methods: { BASE: measured(auc), ESMM: measured(auc + 0.01) },
    })),
  };
  const parts = esmmPaper.parts(results);
  const rows = (name: string): readonly (readonly string[])[] => {
    const part = parts[name];
    return part?.kind === "table" ? part.rows : [];
  };

  it("pairs runs, so that differences leave out what differs from log to log", () => {
    expect(rows("differences")[1]).toEqual(["ESMM", "+1.00 ± 0.00", "+1.00 ± 0.00", "+1.00 ± 0.00", "+1.00 ± 0.00"]);
    // Student's t with two degrees of freedom: 4.303 · 10 / √3.
    expect(rows("methods")[1]?.slice(0, 3)).toEqual(["BASE", "70.00 ± 24.84", "66.00 ± 0.37"]);
  });

  it("shows only methods that were run, and worlds", () => {
    expect(rows("methods").map(([name]) => name)).toEqual(["AUC, %", "BASE", "ESMM", "the true probabilities"]);
    expect(rows("settings")[1]?.slice(0, 4)).toEqual(["default", "3", "100, 10", "3.00 %, 5.00 %"]);
  });
});

function correlation(left: Float64Array, right: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [a, b] = [mean(left), mean(right)];
  let [both, one, other] = [0, 0, 0];
  for (let at = 0; at < left.length; at++) {
    both += (left[at]! - a) * (right[at]! - b);
    one += (left[at]! - a) ** 2;
    other += (right[at]! - b) ** 2;
  }
  return both / Math.sqrt(one * other);
}
