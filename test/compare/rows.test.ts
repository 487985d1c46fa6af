import { describe, expect, it } from "vitest";
import {
  computeMetrics,
  createMetricModel,
  findMetric,
  type MetricRows,
  metrics,
  metricText,
} from "../../src/compiler/metrics/index.js";
import type { MetricModel } from "../../src/compiler/model/index.js";
import { compareRows, type RowComparisonOptions } from "../../src/runtime/compare/compare-rows.js";
import { resampleMetrics } from "../../src/runtime/compare/resample.js";
import type { MetricComparison } from "../../src/runtime/compare/result.js";
import { createUnits } from "../../src/runtime/compare/units.js";
import { createDraws, type Draws, drawUnits } from "../../src/runtime/statistics/index.js";

const options: RowComparisonOptions = { base: 0, level: 0.95, resamples: 200, seed: 4 };

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

interface World {
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  readonly groups: Int32Array;
  /** Probabilities of a model whose logits are off by so much. */
  readonly model: (noise: number, shift?: number) => Float32Array;
}

function createWorld(draws: Draws, rows: number, groups = Math.ceil(rows / 5)): World {
  const logits = Float64Array.from({ length: rows }, () => 1.3 * draws.normal() - 0.5);
  return {
    targets: Float32Array.from(logits, (logit) => Number(draws.uniform() < sigmoid(logit))),
    weights: Float32Array.from(logits, () => Math.floor(3 * draws.uniform()) / 2),
    groups: Int32Array.from(logits, () => Math.floor((groups + 1) * draws.uniform()) - 1),
    model: (noise, shift = 0) => Float32Array.from(logits, (logit) => sigmoid(logit + shift + noise * draws.normal())),
  };
}

const rowsOf = ({ targets, groups }: World, predictions: Float32Array, weights?: Float32Array): MetricRows => ({
  predictions,
  targets,
  weights,
  groups: () => groups,
});

async function compare(
  metric: MetricModel,
  rows: readonly MetricRows[],
  more: Partial<RowComparisonOptions & { hasGroup: boolean }> = {},
): Promise<MetricComparison> {
  const [found] = await compareRows(
    { metrics: [metric], rows, hasGroup: more.hasGroup ?? false },
    { ...options, ...more },
  );
  if (found === undefined) throw new Error("nothing was compared");
  return found;
}

/** Every metric of events, with what it must be given. */
const ofEvents = metrics
  .filter(({ heads }) => heads.includes("probability"))
  .flatMap(({ name, parameters }): readonly MetricModel[] => {
    const row = findMetric(name);
    if (row === undefined) return [];
    const takes = (parameter: string): boolean => parameters.some((each) => each.name === parameter);
    if (name === "precision" || name === "recall")
      return [createMetricModel(row, { above: 0.5 }), createMetricModel(row, { at: 2 })];
    const plain = createMetricModel(row, takes("at") ? { at: 2 } : {});
    return [plain, createMetricModel(row, { ...(takes("at") ? { at: 2 } : {}), weighted: false })];
  });

describe("a resample", () => {
  it("is what copies of the rows that were drawn are, for every metric of events", async () => {
    const draws = createDraws(2);
    const world = createWorld(draws, 160);
    const rows = rowsOf(world, world.model(0.8), world.weights);
    const unitsOf = createUnits(rows, false);
    for (const metric of ofEvents) {
      const units = unitsOf(metric);
      const [[values] = []] = await resampleMetrics([metric], [rows], units, createDraws(9), { resamples: 3 });
      const counts = new Float64Array(units.count);
      const again = createDraws(9);
      for (let r = 0; r < 3; r++) {
        drawUnits(counts, again);
        expect(values?.[r], metricText(metric)).toBeCloseTo(copied(metric, rows, world, counts, units.codes), 6);
      }
    }
  });

  /** The metric of rows of which each is there as often as it was drawn; a group that was drawn twice is two groups. */
  function copied(
    metric: MetricModel,
    rows: MetricRows,
    { targets, groups, weights }: World,
    counts: Float64Array,
    codes: Int32Array | undefined,
  ): number {
    const chosen = [...targets.keys()].flatMap((row) => {
      const unit = codes === undefined ? row : (codes[row] ?? -1);
      return Array.from({ length: unit < 0 ? 0 : (counts[unit] ?? 0) }, (_, copy) => ({ row, copy }));
    });
    const take = (values: Float32Array): Float32Array => Float32Array.from(chosen, ({ row }) => values[row] ?? 0);
    const names = new Map<string, number>();
    const grouped = Int32Array.from(chosen, ({ row, copy }) => {
      if ((groups[row] ?? -1) < 0) return -1;
      const name = `${groups[row]} ${codes === undefined ? 0 : copy}`;
      const code = names.get(name) ?? names.size;
      names.set(name, code);
      return code;
    });
    const made = computeMetrics([metric], {
      predictions: take(rows.predictions),
      targets: take(targets),
      weights: take(weights),
      groups: () => grouped,
    });
    const value = made.values.get(metricText(metric));
    return typeof value === "number" ? value : NaN;
  }
});

describe("comparing rows", () => {
  it("has the values of the metrics, and their difference", async () => {
    const draws = createDraws(3);
    const world = createWorld(draws, 400);
    const rows = [world.model(0.5), world.model(1.5)].map((each) => rowsOf(world, each, world.weights));
    for (const metric of ofEvents) {
      const { values, differences } = await compare(metric, rows, { resamples: 100 });
      const expected = rows.map((each) => computeMetrics([metric], each).values.get(metricText(metric)));
      expect(values).toEqual(expected);
      const [first = NaN, other = NaN] = values.map((value) => value ?? NaN);
      const isNear = metricText(metric).startsWith("calibration");
      const difference = isNear ? Math.abs(other - 1) - Math.abs(first - 1) : other - first;
      expect(differences[0]?.difference).toBeCloseTo(difference, 12);
    }
  });

  it("says better and worse by what the metric wants", async () => {
    const draws = createDraws(4);
    const world = createWorld(draws, 3000);
    const [good, bad] = [world.model(0), world.model(2.5, 1)].map((each) => rowsOf(world, each));
    if (good === undefined || bad === undefined) throw new Error("two models were made");
    for (const metric of ["auc", "logloss", "calibration", "gauc", "ece"]) {
      expect((await compare(metric, [bad, good])).differences[0]?.verdict, metric).toBe("better");
      expect((await compare(metric, [good, bad])).differences[0]?.verdict, metric).toBe("worse");
      expect((await compare(metric, [good, good])).differences[0], metric).toMatchObject({
        difference: 0,
        interval: { low: 0, high: 0 },
        verdict: "same",
      });
    }
    const among = await compare("auc", [good, bad, good], { base: 1 });
    expect(among.differences.map(({ model, verdict }) => [model, verdict])).toEqual([[0, "better"], [2, "better"]]); // prettier-ignore
  });

  it("draws groups where the data has some or the metric is over them, and buckets are none", async () => {
    const world = createWorld(createDraws(5), 600, 40);
    const rows = [world.model(1), world.model(1)].map((each) => rowsOf(world, each));
    const unitsOf = async (metric: MetricModel, hasGroup: boolean): Promise<unknown> => {
      const { unit, units, method } = await compare(metric, rows, { hasGroup });
      return [unit, units, method];
    };
    const single = world.groups.filter((group) => group < 0).length;
    expect(await unitsOf("logloss", false)).toEqual(["rows", 600, "bootstrap"]);
    expect(await unitsOf("logloss", true)).toEqual(["groups", 40 + single, "bootstrap"]);
    expect(await unitsOf("gauc", false)).toEqual(["groups", 40, "bootstrap"]);
    expect(await unitsOf("auc", false)).toEqual(["rows", 600, "delong"]);
    expect(await unitsOf({ name: "ece", arguments: { by: "hour" } }, false)).toEqual(["rows", 600, "bootstrap"]);
  });

  it("says why there is no interval", async () => {
    const world = createWorld(createDraws(6), 200, 6);
    const rows = [world.model(1), world.model(1)].map((each) => rowsOf(world, each));
    const few = await compare("gauc", rows);
    expect(few.differences[0]).toMatchObject({
      verdict: "unknown",
      reason: "6 groups are too few for an interval, which takes 20",
    });
    const none = rows.map((each) => ({ ...each, targets: new Float32Array(200) }));
    expect((await compare("auc", none)).differences[0]).toMatchObject({ verdict: "unknown" });
    const one = rows.map((each) => ({
      ...each,
      targets: Float32Array.from(each.targets, (_, row) => Number(row === 7)),
    }));
    expect((await compare("auc", one)).differences[0]?.reason).toBe("a class has fewer than two rows");
    expect((await compare("pr_auc", one)).differences[0]?.reason).toMatch(/undefined in many resamples/);
  });

  it("gives the same for the same seed, and other draws for another", async () => {
    const world = createWorld(createDraws(7), 300);
    const rows = [world.model(1), world.model(1)].map((each) => rowsOf(world, each));
    const first = await compare("logloss", rows);
    expect(await compare("logloss", rows)).toEqual(first);
    expect((await compare("logloss", rows, { seed: 5 })).differences).not.toEqual(first.differences);
  });

  it("holds the true difference of a bootstrap as often as it says, over rows and over groups", async () => {
    for (const hasGroup of [false, true]) {
      const draws = createDraws(8, Number(hasGroup));
      let held = 0;
      const trials = 150;
      for (let trial = 0; trial < trials; trial++) {
        const world = createWorld(draws, 150, 60);
        // Equally good: the true difference of their log losses is 0.
        const rows = [world.model(0.7), world.model(0.7)].map((each) => rowsOf(world, each));
        const { differences } = await compare("logloss", rows, { hasGroup, seed: trial, resamples: 200 });
        if (differences[0]?.verdict === "same") held += 1;
      }
      // Three standard errors below 95 %.
      expect(held / trials).toBeGreaterThan(0.89);
    }
  });

  it("ends when the pause says so", async () => {
    const world = createWorld(createDraws(9), 100);
    const rows = [world.model(1), world.model(1)].map((each) => rowsOf(world, each));
    await expect(compare("logloss", rows, { pause: () => Promise.reject(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});
