import { describe, expect, it } from "vitest";
import { drawMembers, drawUniform, type ExploreInput } from "../../src/compiler/ranking/index.js";

const thompson = { kind: "thompson", successes: 0, trials: 0 } as const;

function inputOf(
  posteriors: readonly (readonly [successes: number, trials: number])[],
  more: Partial<ExploreInput> = {},
) {
  const input: ExploreInput = {
    seed: 1,
    request: "r",
    rule: "rule",
    least: 1,
    draw: thompson,
    count: posteriors.length,
    idOf: (member) => `i${member}`,
    successes: (member) => posteriors[member]?.[0] ?? Number.NaN,
    trials: (member) => posteriors[member]?.[1] ?? Number.NaN,
    ...more,
  };
  return input;
}

/** Beta(a, b) for whole a and b, as the a-th smallest of a + b − 1 uniform numbers. */
function betaDraw(a: number, b: number, key: string): number {
  const uniforms = Array.from({ length: a + b - 1 }, (_, i) => drawUniform(9, key, i));
  return uniforms.sort((x, y) => x - y)[a - 1] as number;
}

const classes = [
  [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  [
    [3, 10],
    [1, 3],
    [0, 0],
  ],
  [
    [5, 20],
    [7, 20],
    [6, 20],
    [0, 2],
    [2, 30],
  ],
  [
    [30, 60],
    [31, 60],
    [1, 1],
    [1, 1],
    [0, 4],
  ],
] as const;

describe("Thompson sampling", () => {
  it.each(classes.map((each, i) => [i, each] as const))(
    "class %i: a member is drawn as often as its draw from its posterior is the greatest",
    (_, posteriors) => {
      const rounds = 4000;
      const best = posteriors.map(() => 0);
      const drawn = posteriors.map(() => 0);
      const propensity = new Map<number, number>();
      for (let round = 0; round < rounds; round++) {
        const draws = posteriors.map(([won, all], i) => betaDraw(1 + won, 1 + all - won, `${round} ${i}`));
        const winner = draws.indexOf(Math.max(...draws));
        best[winner] = (best[winner] ?? 0) + 1;
        const outcome = drawMembers(inputOf(posteriors, { seed: round }));
        const [first = -1] = outcome.order;
        drawn[first] = (drawn[first] ?? 0) + 1;
        propensity.set(first, outcome.propensity.get(first) ?? 0);
      }
      const noise = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / rounds) + 0.004;
      for (const [member, p] of propensity) {
        expect(Math.abs((drawn[member] ?? 0) / rounds - p)).toBeLessThan(noise(p));
        expect(Math.abs((best[member] ?? 0) / rounds - p)).toBeLessThan(noise(p));
      }
    },
  );

  it("draws without replacement, each draw with its probability given those before", () => {
    const posteriors = [
      [5, 20],
      [5, 20],
      [9, 20],
      [0, 0],
    ] as const;
    const rounds = 6000;
    const counts = new Map<string, number>();
    const products = new Map<string, number>();
    for (let seed = 0; seed < rounds; seed++) {
      const { order, propensity } = drawMembers(inputOf(posteriors, { seed, least: 2 }));
      expect([...propensity.keys()]).toEqual([...order.subarray(0, 2)]);
      const key = order.slice(0, 2).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
      products.set(
        key,
        [...propensity.values()].reduce((product, each) => product * each, 1),
      );
    }
    for (const [key, p] of products)
      expect(Math.abs((counts.get(key) ?? 0) / rounds - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / rounds));
    const total = [...products.values()].reduce((sum, each) => sum + each, 0);
    expect(total).toBeCloseTo(1, 10);
  });

  it("takes a missing count as 0, and never fails on extreme ones", () => {
    const posteriors = [
      [Number.NaN, Number.NaN],
      [1e9, 2e9],
      [0, 1e12],
      [5, 2],
      [1e-9, 1e-3],
    ] as const;
    const { order, propensity } = drawMembers(inputOf(posteriors, { least: 5 }));
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
    for (const each of propensity.values()) expect(each > 0 && each <= 1).toBe(true);
  });

  it("draws among the 32 posteriors that reach highest, all members of one alike", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => [i % 100, 10_000] as const);
    const { order, propensity } = drawMembers(inputOf(many, { least: 20 }));
    expect(new Set(order).size).toBe(10_000);
    expect(propensity.size).toBe(20);
    for (const member of order.slice(0, 20)) expect(member % 100).toBeGreaterThanOrEqual(68);
    const fresh = drawMembers(
      inputOf(
        Array.from({ length: 10_000 }, () => [0, 0] as const),
        { least: 3 },
      ),
    );
    expect([...fresh.propensity.values()]).toEqual(
      [1 / 10_000, 1 / 9_999, 1 / 9_998].map((p) => expect.closeTo(p, 12)),
    );
  });

  it("goes on with the next posteriors when those are drawn", () => {
    const many = Array.from({ length: 150 }, (_, i) => [i, 1000] as const);
    const { order, propensity } = drawMembers(inputOf(many, { least: 140 }));
    expect(new Set(order).size).toBe(150);
    expect(propensity.size).toBe(140);
  });
});

describe("epsilon", () => {
  it("draws each position with the probability that it tells", () => {
    const rounds = 6000;
    const counts = new Map<string, number>();
    const products = new Map<string, number>();
    for (let seed = 0; seed < rounds; seed++) {
      const { order, propensity } = drawMembers(
        inputOf(
          [
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 0],
          ],
          { seed, least: 2, draw: { kind: "epsilon", epsilon: 0.4 } },
        ),
      );
      const key = order.slice(0, 2).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
      products.set(
        key,
        [...propensity.values()].reduce((product, each) => product * each, 1),
      );
    }
    for (const [key, p] of products)
      expect(Math.abs((counts.get(key) ?? 0) / rounds - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / rounds));
    expect([...products.values()].reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 10);
  });
});
