import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawUniform } from "../../src/compiler/ranking/index.js";
import { drawThompsonMembers, posteriorLimit } from "../../src/compiler/ranking/order/thompson.js";

interface Posterior {
  readonly a: number;
  readonly b: number;
}

const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

/** The chance of each member that is left, by the same cells as the draws, every probability a logarithm and every cell computed. */
function plainChances(all: readonly Posterior[], left: readonly number[]): ReadonlyMap<number, number> {
  const distinct = [...new Map(all.map((each) => [`${each.a} ${each.b}`, each])).values()];
  expect(distinct.length).toBeLessThanOrEqual(posteriorLimit);
  const each = Math.max(12, Math.min(64, Math.floor(2 ** 15 / distinct.length ** 2)));
  const nodes = distinct
    .flatMap(({ a, b }) =>
      Array.from({ length: each }, (_, i) => Math.log(a / b) + ((12 * i) / (each - 1) - 6) * Math.sqrt(1 / a + 1 / b)),
    )
    .sort((x, y) => x - y)
    .filter((node, i, sorted) => i === 0 || node > sorted[i - 1]!);
  const massesOf = ({ a, b }: Posterior): readonly number[] => {
    const logs = nodes.map((t) => -a * softplus(-t) - b * softplus(t));
    const top = Math.max(...logs);
    const own = nodes
      .slice(1)
      .map((node, c) => ((node - nodes[c]!) * (Math.exp(logs[c]! - top) + Math.exp(logs[c + 1]! - top))) / 2);
    const total = own.reduce((sum, mass) => sum + mass, 0);
    return own.map((mass) => mass / total);
  };
  const masses = new Map(left.map((member) => [member, massesOf(all[member]!)]));
  const logBelow = new Map(
    Array.from(masses, ([member, own]) => {
      let sum = 0;
      return [member, own.map((mass) => [Math.max(-700, Math.log(sum + mass / 2)), (sum += mass)][0]!)] as const;
    }),
  );
  const chances = left.map((member) =>
    masses.get(member)!.reduce((sum, mass, c) => {
      const others = left.reduce((log, other) => log + logBelow.get(other)![c]!, 0);
      return sum + mass * Math.exp(others - logBelow.get(member)![c]!);
    }, 0),
  );
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return new Map(left.map((member, i) => [member, chances[i]! / total]));
}

const posteriors = fc.array(
  fc.oneof(
    fc.record({ a: fc.integer({ min: 1, max: 5 }), b: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ a: fc.integer({ min: 1, max: 300 }), b: fc.constantFrom(1, 1.5, 40, 9000) }),
    fc.constantFrom({ a: 1, b: 1 }, { a: 1, b: 1e6 }, { a: 1e6, b: 1 }, { a: 0.001 + 1, b: 3.25 }),
  ),
  { minLength: 1, maxLength: 24 },
);

describe("chances of Thompson draws", () => {
  it("are those of a plain integration, one draw after the other until none is left", () => {
    fc.assert(
      fc.property(posteriors, fc.integer({ min: 0, max: 1000 }), (all, seed) => {
        const draws = drawThompsonMembers(
          all.length,
          all.length,
          (member) => all[member]!,
          (what, position) => drawUniform(seed, what, position),
        );
        const left = all.map((_, i) => i);
        for (const { member, propensity } of draws) {
          const expected = plainChances(all, left).get(member)!;
          expect(Math.abs(propensity - expected)).toBeLessThan(1e-12 + 1e-9 * expected);
          left.splice(left.indexOf(member), 1);
        }
        expect(left).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("come back to cells that were next to impossible, once the members above them are drawn", () => {
    const all = [...Array.from({ length: 400 }, () => ({ a: 2e4, b: 1 })), { a: 1, b: 2 }, { a: 1, b: 3 }];
    const draws = drawThompsonMembers(
      all.length,
      all.length,
      (member) => all[member]!,
      (what, position) => drawUniform(1, what, position),
    );
    const [first, second] = draws.slice(-2);
    const expected = plainChances(all, [400, 401]).get(first!.member)!;
    expect(first!.propensity).toBeCloseTo(expected, 12);
    expect(second!.propensity).toBe(1);
  });
});
