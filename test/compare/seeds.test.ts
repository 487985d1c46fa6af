import { describe, expect, it } from "vitest";
import type { HeadModel } from "../../src/compiler/model/index.js";
import { compareSeeds, type ScoresBySeed } from "../../src/runtime/compare/compare-seeds.js";

const head: HeadModel = { name: "ctr", type: { kind: "score" } } as unknown as HeadModel;
const runs = (...values: readonly (number | undefined)[]): ScoresBySeed =>
  values.map((auc) => (auc === undefined ? undefined : { rows: 50, auc, logloss: 1 - auc, calibration: auc + 0.5 }));
const settings = { base: 0, level: 0.95 };

describe("comparing seeds", () => {
  it("is Student's t of the differences, seed by seed", () => {
    const scores = [runs(0.7, 0.72, 0.68, 0.71), runs(0.71, 0.74, 0.7, 0.72)];
    const { metrics, rows } = compareSeeds({ head, metrics: ["auc", "logloss"] }, scores, settings);
    expect(rows).toBe(50);
    const [auc, logloss] = metrics;
    // Differences 0.01, 0.02, 0.02, 0.01: mean 0.015, deviation 0.01/√3; t with 3 degrees of freedom is 3.182446.
    expect(auc).toMatchObject({ method: "student", unit: "seeds", units: 4, better: "greater" });
    expect(auc?.differences[0]?.difference).toBeCloseTo(0.015, 12);
    expect(auc?.differences[0]?.interval?.low).toBeCloseTo(0.015 - (3.182446305 * 0.01) / Math.sqrt(12), 9);
    expect(auc?.differences[0]?.verdict).toBe("better");
    expect(logloss?.differences[0]).toMatchObject({ verdict: "better" });
    expect(logloss?.differences[0]?.difference).toBeCloseTo(-0.015, 12);
    expect(auc?.values.map((value) => value?.toFixed(4))).toEqual(["0.7025", "0.7175"]);
  });

  it("takes the distance from 1 of a metric that is best there", () => {
    // 1.2 and 1.25 against 0.95 and 0.9.
    const [found] = compareSeeds(
      { head, metrics: ["calibration"] },
      [runs(0.7, 0.75), runs(0.45, 0.4)],
      settings,
    ).metrics;
    expect(found?.differences[0]?.difference).toBeCloseTo((0.05 - 0.2 + (0.1 - 0.25)) / 2, 12);
    expect(found?.differences[0]?.verdict).toBe("better");
  });

  it("leaves seeds out of which one run failed, and says when too few are left", () => {
    const [pairs] = compareSeeds(
      { head, metrics: ["auc"] },
      [runs(0.7, undefined, 0.72), runs(0.71, 0.8, 0.74)],
      settings,
    ).metrics;
    expect(pairs?.differences[0]?.difference).toBeCloseTo(0.015, 12);
    expect(pairs?.bySeed).toEqual([[0.7, null, 0.72], [0.71, 0.8, 0.74]]); // prettier-ignore
    const [one] = compareSeeds({ head, metrics: ["auc"] }, [runs(0.7, undefined), runs(0.71, 0.8)], settings).metrics;
    expect(one?.differences[0]).toMatchObject({ verdict: "unknown", reason: "only one seed has a value of both" });
    const [none] = compareSeeds({ head, metrics: ["auc"] }, [runs(undefined), runs(0.71)], settings).metrics;
    expect(none?.differences[0]).toMatchObject({ verdict: "unknown" });
    expect(none?.values).toEqual([null, 0.71]);
  });
});
