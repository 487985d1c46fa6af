import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type CmaConstants,
  cmaConstants,
  createCmaSearch,
  createCmaState,
  createDraws,
  fold,
  sampleCma,
  unfold,
  updateCma,
} from "../../src/runtime/tune/index.js";

interface Trace {
  readonly start: readonly number[];
  readonly sigma: number;
  readonly constants: Omit<CmaConstants, "weights"> & { readonly weights: readonly number[] };
  readonly steps: readonly {
    readonly points: readonly (readonly number[])[];
    readonly values: readonly number[];
    readonly mean: readonly number[];
    readonly sigma: number;
    readonly covariance: readonly number[];
    readonly path: readonly number[];
    readonly stepPath: readonly number[];
  }[];
}

interface Fixtures {
  readonly traces: readonly Trace[];
  readonly evaluations: Readonly<Record<"sphere" | "ellipsoid", readonly number[]>>;
  readonly fold: { readonly x: readonly number[]; readonly y: readonly number[] };
}

const fixtures = JSON.parse(
  readFileSync(new URL("./fixtures/cma.json", import.meta.url), "utf8"),
) as unknown as Fixtures;

/** Largest difference, relative to the largest magnitude. */
function difference(found: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs), 1e-30);
  return Math.max(...expected.map((value, i) => Math.abs(value - (found[i] ?? NaN)))) / scale;
}

describe("CMA-ES", () => {
  it.each(fixtures.traces.map((trace, i) => [i, trace] as const))(
    "updates as `cma` does, generation by generation (trace %i)",
    (_, trace) => {
      const constants = { ...trace.constants, weights: Float64Array.from(trace.constants.weights) };
      let state = createCmaState(Float64Array.from(trace.start), trace.sigma, constants);
      for (const step of trace.steps) {
        const order = step.values.map((_value, i) => i).sort((a, b) => (step.values[a] ?? 0) - (step.values[b] ?? 0));
        state = updateCma(
          state,
          order.map((i) => Float64Array.from(step.points[i] ?? [])),
        );
        expect(difference(state.mean, step.mean)).toBeLessThan(1e-7);
        expect(Math.abs(state.sigma / step.sigma - 1)).toBeLessThan(1e-7);
        expect(difference(state.covariance, step.covariance)).toBeLessThan(1e-7);
        expect(difference(state.path, step.path)).toBeLessThan(1e-7);
        expect(difference(state.stepPath, step.stepPath)).toBeLessThan(1e-7);
      }
    },
  );

  it("has the constants of `cma` where it follows the tutorial", () => {
    for (const { start, constants } of fixtures.traces) {
      const own = cmaConstants(start.length, constants.population);
      expect(own.parents).toBe(constants.parents);
      expect(own.mass).toBeCloseTo(constants.mass, 12);
      expect(own.rankManyRate).toBeCloseTo(constants.rankManyRate, 12);
      expect(difference(own.weights.subarray(0, own.parents), constants.weights.slice(0, own.parents))).toBeLessThan(
        1e-12,
      );
      expect(difference(own.weights, constants.weights)).toBeLessThan(0.05);
    }
  });

  it("samples the distribution that its state holds", () => {
    const trace = fixtures.traces[0] as Trace;
    const last = trace.steps.at(-1);
    const state = {
      ...createCmaState(Float64Array.from(last?.mean ?? []), last?.sigma ?? 1, cmaConstants(4, 20_000)),
    };
    const draws = createDraws(3);
    const points = sampleCma(state, draws.normal);
    for (let i = 0; i < 4; i++) {
      const column = points.map((point) => ((point[i] ?? 0) - (state.mean[i] ?? 0)) / state.sigma);
      const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
      const variance = column.reduce((sum, x) => sum + x * x, 0) / column.length;
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    }
  });

  const functions = {
    sphere: (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0),
    ellipsoid: (x: Float64Array) =>
      x.reduce(
        (sum, v, i) => sum + 10 ** ((4 * i) / (x.length - 1)) * (v + 0.3 * (x[(i + 1) % x.length] ?? 0)) ** 2,
        0,
      ),
  };

  it.each(["sphere", "ellipsoid"] as const)("needs about as many evaluations of the %s as `cma` does", (name) => {
    const counts: number[] = [];
    for (let seed = 1; seed <= 21; seed++) {
      const draws = createDraws(seed);
      let state = createCmaState(new Float64Array(5).fill(3), 1, cmaConstants(5));
      let evaluations = 0;
      for (let best = Infinity; best > 1e-8 && evaluations < 50_000;) {
        const points = sampleCma(state, draws.normal).map((point) => ({ point, value: functions[name](point) }));
        evaluations += points.length;
        points.sort((a, b) => a.value - b.value);
        best = points[0]?.value ?? Infinity;
        state = updateCma(
          state,
          points.map(({ point }) => point),
        );
      }
      counts.push(evaluations);
    }
    counts.sort((a, b) => a - b);
    const theirs = fixtures.evaluations[name][10] ?? 0;
    expect((counts[10] ?? 0) / theirs).toBeGreaterThan(0.85);
    expect((counts[10] ?? 0) / theirs).toBeLessThan(1.15);
  });
});

describe("the fold onto the unit interval", () => {
  it("is the transformation of `cma`", () => {
    const { x, y } = fixtures.fold;
    for (const [i, value] of x.entries()) expect(fold(value)).toBeCloseTo(y[i] ?? NaN, 12);
  });

  it("is undone by unfold", () => {
    for (let y = 0; y <= 1; y += 1 / 64) expect(fold(unfold(y))).toBeCloseTo(y, 12);
  });
});

describe("the search with bounds and restarts", () => {
  function search(cost: (x: Float64Array) => number, seed: number, budget: number): { best: number; at: Float64Array } {
    const method = createCmaSearch({ start: new Float64Array([0.9, 0.9, 0.9]), draws: createDraws(seed) });
    let best = Infinity;
    let at = new Float64Array(3);
    for (let evaluations = 0; evaluations < budget;) {
      const points = method.ask();
      evaluations += points.length;
      const costs = points.map(cost);
      for (const [i, value] of costs.entries())
        if (value < best) [best, at] = [value, Float64Array.from(points[i] ?? [])];
      method.tell(costs.map((value) => ({ costs: [value], violation: 0 })));
    }
    return { best, at };
  }

  it("finds a minimum in a corner and stays inside", () => {
    const { at } = search(
      (x) => {
        expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...x)).toBeLessThanOrEqual(1);
        return (x[0] ?? 0) + (1 - (x[1] ?? 0)) + ((x[2] ?? 0) - 0.3) ** 2;
      },
      1,
      1500,
    );
    expect(at[0]).toBeLessThan(1e-4);
    expect(at[1]).toBeGreaterThan(1 - 1e-4);
    expect(at[2]).toBeCloseTo(0.3, 3);
  });

  it("leaves a local minimum by a restart", () => {
    const rastrigin = (x: Float64Array): number =>
      x.reduce((sum, v) => {
        const t = (v - 0.37) * 6;
        return sum + t * t - 3 * Math.cos(2 * Math.PI * t) + 3;
      }, 0);
    for (const seed of [1, 2, 3]) expect(search(rastrigin, seed, 8000).best).toBeLessThan(1e-6);
  });

  it("keeps a constraint that the minimum without it would break", () => {
    const method = createCmaSearch({ start: new Float64Array([0.5, 0.5]), draws: createDraws(4) });
    let best = Infinity;
    for (let generation = 0; generation < 120; generation++) {
      const evaluations = method.ask().map((x) => {
        const [a = 0, b = 0] = x;
        return { costs: [a + b], violation: Math.max(0, 0.5 - a * 0.5 - b * 0.5) };
      });
      for (const { costs, violation } of evaluations) if (violation === 0) best = Math.min(best, costs[0] ?? Infinity);
      method.tell(evaluations);
    }
    expect(best).toBeGreaterThanOrEqual(1);
    expect(best).toBeLessThan(1.01);
  });

  it("is a function of its seed", () => {
    const cost = (x: Float64Array): number => Math.abs((x[0] ?? 0) - 0.2) + (x[1] ?? 0) * (x[2] ?? 0);
    expect(search(cost, 5, 200)).toEqual(search(cost, 5, 200));
    expect(search(cost, 5, 200).at).not.toEqual(search(cost, 6, 200).at);
  });
});
