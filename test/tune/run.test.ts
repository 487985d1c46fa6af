import { describe, expect, it } from "vitest";
import { tuneSimulatedLog } from "../../bench/tune.js";
import { bestTrial, frontOf, runSearch, searchMethods, type SearchProblem } from "../../src/runtime/tune/index.js";

describe("tuning a simulated log whose best formula is known", () => {
  it("finds an order within 1 % of the best by every method", async () => {
    const results = await tuneSimulatedLog({ users: 250, days: 5, items: 20 }, 150, 3);
    const share = new Map(results.map(({ method, shareOfBest }) => [method, shareOfBest]));
    for (const method of ["stacking", "survey", "grid", "cma-es", "nsga2"])
      expect(share.get(method), method).toBeGreaterThan(0.99);
    // What there was to gain.
    expect(share.get("production")).toBeLessThan(0.85);
  });
});

describe("a search", () => {
  const problem: SearchProblem = {
    ranges: [
      { low: -1, high: 3 },
      { low: 10, high: 20 },
    ],
    start: Float64Array.from([0, 15]),
    objectives: 1,
    evaluate: ([a = 0, b = 0]) => {
      const share = b - 12;
      return { objectives: [-((a - 1) ** 2) - (b - 11) ** 2], guards: [share], violation: Math.max(0, -share) };
    },
  };

  it.each(searchMethods)("starts at production, spends its budget and repeats itself (%s)", async (method) => {
    const run = async (seed: number): Promise<string> => {
      const { trials, interrupted } = await runSearch(problem, { method, seed, budget: 120 });
      expect(interrupted).toBe(false);
      expect(trials.length).toBeLessThanOrEqual(120);
      expect(trials.length).toBeGreaterThan(100);
      expect([...(trials[0]?.values ?? [])]).toEqual([0, 15]);
      for (const { values } of trials) {
        expect(values[0]).toBeGreaterThanOrEqual(-1);
        expect(values[0]).toBeLessThanOrEqual(3);
        expect(values[1]).toBeGreaterThanOrEqual(10);
        expect(values[1]).toBeLessThanOrEqual(20);
      }
      return JSON.stringify(trials);
    };
    expect(await run(4)).toBe(await run(4));
  });

  it("keeps its guards and comes near to the best that they allow", async () => {
    const { trials } = await runSearch(problem, { method: "cma-es", seed: 2, budget: 400 });
    const { values, outcome } = bestTrial(trials);
    expect(outcome.violation).toBe(0);
    expect(values[0]).toBeCloseTo(1, 1);
    expect(values[1]).toBeGreaterThanOrEqual(12);
    expect(values[1]).toBeLessThan(12.1);
  });

  it("stopped half way keeps what it has", async () => {
    const controller = new AbortController();
    const { trials, interrupted } = await runSearch(problem, {
      method: "cma-es",
      seed: 2,
      budget: 400,
      signal: controller.signal,
      onTrial: (_, done) => {
        if (done === 30) controller.abort();
      },
    });
    expect(interrupted).toBe(true);
    expect(trials.length).toBe(30);
  });

  it("with two objectives has a front in which none beats another", async () => {
    const { trials } = await runSearch(
      {
        ...problem,
        objectives: 2,
        evaluate: ([a = 0, b = 0]) => ({ objectives: [-(a ** 2) - b, -((a - 2) ** 2) - b], guards: [], violation: 0 }),
      },
      { method: "nsga2", seed: 1, budget: 600 },
    );
    const front = frontOf(trials).map(({ outcome }) => outcome.objectives);
    expect(front.length).toBeGreaterThan(20);
    for (const [i, [x = 0, y = 0]] of front.entries())
      for (const [p = 0, q = 0] of front.slice(i + 1)) expect(p > x && q < y).toBe(true);
  });
});
