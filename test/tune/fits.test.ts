import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  bootstrapInterval,
  createDraws,
  densityRatio,
  estimateOffPolicy,
  fitNonnegativeRidge,
  fitPairwiseLogistic,
  gridPoints,
  gridSide,
  type JitterPolicy,
  normalCdf,
  pairsOf,
} from "../../src/runtime/tune/index.js";

interface Fixtures {
  readonly ridges: readonly {
    columns: readonly (readonly number[])[];
    target: readonly number[];
    weights: readonly number[];
    penalty: number;
    coefficients: readonly number[];
    intercept: number;
  }[];
  readonly pairwise: readonly {
    columns: readonly (readonly number[])[];
    labels: readonly number[];
    starts: readonly number[];
    pairs: number;
    penalty: number;
    coefficients: readonly number[];
  }[];
  readonly cdf: { readonly x: readonly number[]; readonly y: readonly number[] };
}

const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/fits.json", import.meta.url), "utf8"),
) as unknown as Fixtures;
const columnsOf = (rows: readonly (readonly number[])[]): readonly Float64Array[] =>
  rows.map((row) => Float64Array.from(row));

describe("stacking", () => {
  it("finds the coefficients that SciPy and scikit-learn find", () => {
    for (const { columns, target, weights, penalty, coefficients, intercept } of fixtures.ridges) {
      const found = fitNonnegativeRidge(
        columnsOf(columns),
        Float64Array.from(target),
        Float64Array.from(weights),
        penalty,
      );
      for (const [i, value] of coefficients.entries()) expect(found.coefficients[i]).toBeCloseTo(value, 8);
      expect(found.intercept).toBeCloseTo(intercept, 8);
    }
  });

  it("gives 0 to a column that does not vary, and shares among equal columns", () => {
    const x = Float64Array.from([1, 2, 3, 4]);
    const { coefficients } = fitNonnegativeRidge(
      [x, x, new Float64Array(4).fill(7)],
      Float64Array.from([2, 4, 6, 8]),
      new Float64Array(4).fill(1),
      1e-9,
    );
    expect(coefficients[0]).toBeCloseTo(1, 4);
    expect(coefficients[1]).toBeCloseTo(1, 4);
    expect(coefficients[2]).toBe(0);
  });
});

describe("pairwise logistic regression", () => {
  it("finds the coefficients that scikit-learn finds", () => {
    for (const { columns, labels, starts, pairs, penalty, coefficients } of fixtures.pairwise) {
      const found = pairsOf(Float64Array.from(labels), Int32Array.from(starts));
      expect(found.winners.length).toBe(pairs);
      const fit = fitPairwiseLogistic(columnsOf(columns), found, penalty);
      for (const [i, value] of coefficients.entries()) expect(fit[i]).toBeCloseTo(value, 6);
    }
  });

  it("holds at 0 what people dislike", () => {
    const good = Float64Array.from([3, 2, 1, 0]);
    const bad = Float64Array.from([0, 1, 5, 2]);
    const pairs = pairsOf(Float64Array.from([3, 2, 1, 0]), Int32Array.from([0, 4]));
    const fit = fitPairwiseLogistic([good, bad], pairs, 0.01);
    expect(fit[0]).toBeGreaterThan(0.5);
    expect(fit[1]).toBe(0);
  });
});

describe("grids", () => {
  it("hold every combination once, ends included, within the budget", () => {
    expect([...gridPoints(2, 3)].map((point) => [...point])).toEqual([
      [0, 0],
      [0, 0.5],
      [0, 1],
      [0.5, 0],
      [0.5, 0.5],
      [0.5, 1],
      [1, 0],
      [1, 0.5],
      [1, 1],
    ]);
    expect(gridSide(3, 1000)).toBe(10);
    expect(gridSide(3, 999)).toBe(9);
    expect(gridSide(6, 10)).toBe(2);
  });
});

describe("bootstrap", () => {
  it("covers the mean about as often as it says", () => {
    let covered = 0;
    const draws = createDraws(9);
    for (let trial = 0; trial < 100; trial++) {
      const values = Float64Array.from({ length: 60 }, () => draws.normal());
      const interval = bootstrapInterval(
        values.length,
        (counts) => counts.reduce((sum, count, i) => sum + count * (values[i] ?? 0), 0) / values.length,
        createDraws(trial),
        { replicates: 200 },
      );
      if (interval.low <= 0 && interval.high >= 0) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
    expect(covered).toBeLessThanOrEqual(100);
  });
});

describe("off-policy estimates", () => {
  it("know the normal distribution as SciPy does", () => {
    for (const [i, x] of fixtures.cdf.x.entries()) {
      const expected = fixtures.cdf.y[i] ?? NaN;
      expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(1e-15);
      if (x < 0) expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12);
    }
  });

  const policy = (center: number): JitterPolicy => ({
    center: Float64Array.from([center]),
    deviation: Float64Array.from([0.2]),
    low: Float64Array.from([0]),
    high: Float64Array.from([1]),
  });

  it("find what another center would have earned", () => {
    const draws = createDraws(17);
    const logging = policy(0.5);
    const rows = 40_000;
    const parameters = Float64Array.from({ length: rows }, () => {
      for (;;) {
        const x = 0.5 + 0.2 * draws.normal();
        if (x >= 0 && x <= 1) return x;
      }
    });
    const rewards = parameters.map((x) => x * x + 0.1 * draws.normal());
    const weights = parameters.map((x) => densityRatio(Float64Array.from([x]), policy(0.7), logging));
    const estimate = estimateOffPolicy(weights, rewards);
    // E[x²] under N(0.7, 0.2²) cut to [0, 1], by quadrature.
    let mass = 0;
    let mean = 0;
    for (let x = 0.0005; x < 1; x += 0.001) {
      const density = Math.exp(-0.5 * ((x - 0.7) / 0.2) ** 2);
      mass += density;
      mean += density * x * x;
    }
    expect(Math.abs(estimate.snips - mean / mass)).toBeLessThan(4 * estimate.standardError);
    expect(Math.abs(estimate.ips - mean / mass)).toBeLessThan(0.02);
    expect(estimate.standardError).toBeLessThan(0.005);
    expect(estimate.effectiveSampleSize).toBeGreaterThan(8000);
    expect(estimate.effectiveSampleSize).toBeLessThan(rows);
  });

  it("are worth every request when nothing changes, and next to none far away", () => {
    const same = densityRatio(Float64Array.from([0.3]), policy(0.5), policy(0.5));
    expect(same).toBe(1);
    expect(densityRatio(Float64Array.from([1.5]), policy(0.5), policy(0.5))).toBe(0);
    const weights = Float64Array.from([100, 0.1, 0.1, 0.1]);
    expect(estimateOffPolicy(weights, new Float64Array(4)).effectiveSampleSize).toBeLessThan(1.1);
  });
});
