import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCodePoints, drawUniform, hashText, sortRows } from "../../src/compiler/ranking/index.js";
import { roughLeast } from "../../src/compiler/ranking/order/rough-order.js";

describe("the total order", () => {
  it("compares texts by code point", () => {
    const bytes = (text: string): Buffer => Buffer.from(text, "utf8");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(compareCodePoints(a, b)).toBe(Buffer.compare(bytes(a), bytes(b)));
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(compareCodePoints("\u{1F600}", "\uFFFD")).toBe(1);
  });

  it("does not depend on the order of the input", () => {
    const items = fc.array(
      fc.record({
        score: fc.constantFrom(3, 2, 1, 0, -1, -Infinity, Number.NaN),
        tie: fc.constantFrom(1, 0, Number.NaN),
        last: fc.integer({ min: 0, max: 1 }),
      }),
      { maxLength: 40 },
    );
    const close = fc.nat(3).map((steps) => 1 + steps * Number.EPSILON);
    const many = fc.array(
      fc.record({
        score: fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, Number.NaN), close),
        tie: fc.constantFrom(1, 0, Number.NaN),
        last: fc.integer({ min: 0, max: 1 }),
      }),
      { minLength: roughLeast, maxLength: 200 },
    );
    fc.assert(
      fc.property(fc.oneof(items, many), fc.integer(), (list, seed) => {
        const all = list.map((item, i) => ({ ...item, id: `id${i}`, at: drawUniform(seed, i) }));
        const sorted = (candidates: typeof all): string[] => {
          const ids = candidates.map(({ id }) => id);
          const rows = sortRows(Int32Array.from(ids.keys()), {
            scores: Float64Array.from(candidates, ({ score }) => score),
            last: Uint8Array.from(candidates, ({ last }) => last),
            ties: [Float64Array.from(candidates, ({ tie }) => tie)],
            ids,
          });
          return [...rows].map((row) => ids[row] as string);
        };
        const known = sorted(all);
        expect(sorted([...all].sort((a, b) => a.at - b.at))).toEqual(known);
        const number = (value: number): number => (Number.isNaN(value) ? -Number.MAX_VALUE : value);
        const expected = [...all].sort(
          (a, b) =>
            a.last - b.last ||
            (Number.isNaN(a.score) ? 1 : 0) - (Number.isNaN(b.score) ? 1 : 0) ||
            (a.score === b.score
              ? 0
              : number(b.score) > number(a.score)
                ? 1
                : number(b.score) < number(a.score)
                  ? -1
                  : 0) ||
            number(b.tie) - number(a.tie) ||
            compareCodePoints(a.id, b.id),
        );
        expect(known).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

describe("hashes", () => {
  // Values of the reference implementation (smhasher), as the tables of other ports have them.
  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["test", 0, 0xba6bd213],
    ["test", 0x9747b28c, 0x704b81dc],
    ["Hello, world!", 0, 0xc0363e43],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723],
    ["ππππππππ", 0x9747b28c, 0xd58063c1],
  ])("%j with seed %i", (text, seed, hash) => {
    expect(hashText(text, seed)).toBe(hash);
  });

  it("draws evenly, and apart for parts that join to the same text", () => {
    const bins = Array.from({ length: 20 }, () => 0);
    for (let i = 0; i < 20_000; i++) {
      const bin = Math.floor(drawUniform(7, "request", i) * 20);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const squares = bins.reduce((sum, found) => sum + (found - 1000) ** 2 / 1000, 0);
    // The 0.999 quantile of chi-squared with 19 degrees of freedom.
    expect(squares).toBeLessThan(43.8);
    expect(drawUniform(7, "a", "bc")).not.toBe(drawUniform(7, "ab", "c"));
  });
});
