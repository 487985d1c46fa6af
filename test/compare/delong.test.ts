import { describe, expect, it } from "vitest";
import { aucDifference } from "../../src/runtime/compare/delong.js";
import { createDraws, type Draws, normalQuantile } from "../../src/runtime/statistics/index.js";

interface Case {
  readonly first: Float32Array;
  readonly other: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
}

/** Scores with ties, of two models that see a part of the same. */
function randomCase(draws: Draws, rows: number, { weighted = false } = {}): Case {
  const targets = Float32Array.from({ length: rows }, () => Number(draws.uniform() < 0.4));
  const signal = targets.map((target) => target + 1.5 * draws.normal());
  const scores = (): Float32Array => signal.map((value) => Math.round(4 * (value + draws.normal())) / 4);
  const weights = targets.map(() => (weighted ? Math.floor(4 * draws.uniform()) : 1));
  return { first: scores(), other: scores(), targets, weights };
}

const psi = (positive: number, negative: number): number => (positive > negative ? 1 : positive === negative ? 0.5 : 0);

/** By the definition of the paper: structural components from all pairs, and the covariance of both AUCs. */
function definition({ first, other, targets }: Case): { readonly aucs: readonly number[]; readonly variance: number } {
  const rows = [...targets.keys()];
  const positives = rows.filter((row) => targets[row] === 1);
  const negatives = rows.filter((row) => targets[row] !== 1);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const models = [first, other].map((scores) => {
    const pair = (i: number, j: number): number => psi(scores[i] ?? 0, scores[j] ?? 0);
    return {
      v10: positives.map((i) => average(negatives.map((j) => pair(i, j)))),
      v01: negatives.map((j) => average(positives.map((i) => pair(i, j)))),
    };
  });
  const aucs = models.map(({ v10 }) => average(v10));
  const covariance = (part: "v10" | "v01", r: number, s: number): number => {
    const [a, b] = [models[r]?.[part] ?? [], models[s]?.[part] ?? []];
    return (
      a.reduce((sum, value, i) => sum + (value - (aucs[r] ?? 0)) * ((b[i] ?? 0) - (aucs[s] ?? 0)), 0) / (a.length - 1)
    );
  };
  const of = (r: number, s: number): number =>
    covariance("v10", r, s) / positives.length + covariance("v01", r, s) / negatives.length;
  return { aucs, variance: of(0, 0) + of(1, 1) - 2 * of(0, 1) };
}

describe("DeLong's test", () => {
  it("is the paper's definition over all pairs, with ties", () => {
    const draws = createDraws(31);
    for (let trial = 0; trial < 60; trial++) {
      const rows = randomCase(draws, 8 + Math.floor(60 * draws.uniform()));
      const found = aucDifference(rows.first, rows.other, rows);
      if (found === undefined) continue;
      const expected = definition(rows);
      expect(found.aucs[0]).toBeCloseTo(expected.aucs[0] ?? NaN, 12);
      expect(found.aucs[1]).toBeCloseTo(expected.aucs[1] ?? NaN, 12);
      expect(found.standardError).toBeCloseTo(Math.sqrt(Math.max(0, expected.variance)), 10);
    }
  });

  it("has on a small case the figures that a hand finds", () => {
    // Positives 0.9, 0.6 and negatives 0.7, 0.2: three of four pairs; the other model orders all of them.
    const found = aucDifference(Float32Array.of(0.9, 0.6, 0.7, 0.2), Float32Array.of(4, 3, 2, 1), {
      targets: Float32Array.of(1, 1, 0, 0),
      weights: new Float32Array(4).fill(1),
    });
    // Placements 1, 1/2 and 1/2, 1: each class has the variance 1/8, divided by its two rows.
    expect(found).toMatchObject({ aucs: [0.75, 1], difference: 0.25, freedom: 1 });
    expect(found?.standardError).toBeCloseTo(Math.sqrt(1 / 8), 12);
  });

  it("does not change when a score is transformed, nor when rows are put in another order", () => {
    const draws = createDraws(5);
    const rows = randomCase(draws, 80);
    const found = aucDifference(rows.first, rows.other, rows);
    const moved = aucDifference(
      rows.first.map((score) => 3 * score - 7),
      rows.other.map((score) => Math.exp(score)),
      rows,
    );
    expect(moved?.difference).toBeCloseTo(found?.difference ?? NaN, 12);
    expect(moved?.standardError).toBeCloseTo(found?.standardError ?? NaN, 12);
    const order = [...rows.targets.keys()].toReversed();
    const turned = (values: Float32Array): Float32Array => Float32Array.from(order, (row) => values[row] ?? 0);
    const reversed = aucDifference(turned(rows.first), turned(rows.other), {
      targets: turned(rows.targets),
      weights: turned(rows.weights),
    });
    expect(reversed?.standardError).toBeCloseTo(found?.standardError ?? NaN, 12);
  });

  it("has the opposite difference when the models change places, and none of a model with itself", () => {
    const rows = randomCase(createDraws(6), 100, { weighted: true });
    const [there, back] = [aucDifference(rows.first, rows.other, rows), aucDifference(rows.other, rows.first, rows)];
    expect(back?.difference).toBeCloseTo(-(there?.difference ?? NaN), 14);
    expect(back?.standardError).toBeCloseTo(there?.standardError ?? NaN, 14);
    expect(aucDifference(rows.first, rows.first, rows)).toMatchObject({ difference: 0, standardError: 0 });
  });

  it("leaves rows of weight 0 out, whatever they hold", () => {
    const rows = randomCase(createDraws(7), 90);
    const found = aucDifference(rows.first, rows.other, rows);
    const longer = (values: Float32Array, ...more: number[]): Float32Array => Float32Array.of(...values, ...more);
    const padded = aucDifference(longer(rows.first, NaN, 9), longer(rows.other, 3, Infinity), {
      targets: longer(rows.targets, 1, 0),
      weights: longer(rows.weights, 0, 0),
    });
    expect(padded?.difference).toBeCloseTo(found?.difference ?? NaN, 14);
    expect(padded?.standardError).toBeCloseTo(found?.standardError ?? NaN, 14);
  });

  it("adds rows of one unit up: copies of a row tell nothing new", () => {
    const rows = randomCase(createDraws(8), 120);
    const units = Int32Array.from(rows.targets, (_, row) => row);
    const plain = aucDifference(rows.first, rows.other, { ...rows, units });
    const thrice = (values: Float32Array): Float32Array => Float32Array.of(...values, ...values, ...values);
    const copies = {
      targets: thrice(rows.targets),
      weights: thrice(rows.weights),
      units: Int32Array.of(...units, ...units, ...units),
    };
    const copied = aucDifference(thrice(rows.first), thrice(rows.other), copies);
    expect(copied?.standardError).toBeCloseTo(plain?.standardError ?? NaN, 12);
    const blind = aucDifference(thrice(rows.first), thrice(rows.other), { ...copies, units: undefined });
    expect(blind?.standardError ?? 1).toBeLessThan(0.65 * (plain?.standardError ?? 0));
  });

  it("has no error where a class has one row", () => {
    const rows = { targets: Float32Array.of(1, 0, 0), weights: Float32Array.of(1, 1, 1) };
    expect(aucDifference(Float32Array.of(1, 2, 3), Float32Array.of(3, 2, 1), rows)).toBeUndefined();
  });

  it("holds the true difference as often as it says, with weights too", () => {
    for (const weighted of [false, true]) {
      const draws = createDraws(12, Number(weighted));
      let held = 0;
      const trials = 600;
      for (let trial = 0; trial < trials; trial++) {
        // Both models are equally good: the true difference is 0.
        const rows = randomCase(draws, 250, { weighted });
        const found = aucDifference(rows.first, rows.other, rows);
        const z = normalQuantile(0.975);
        if (found !== undefined && Math.abs(found.difference) <= z * found.standardError) held += 1;
      }
      expect(Math.abs(held / trials - 0.95)).toBeLessThan(0.03);
    }
  });
});
