import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createGains } from "../../src/compiler/ranking/index.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { roundGain } from "../../src/compiler/ranking/order/gain.js";
import { openLanes } from "../../src/compiler/ranking/order/lanes.js";

/** The gain of each candidate after those chosen, all as relevant: rows of the Cholesky factor, a term after the other in the order of its definition. */
function plainGains(vectors: readonly (readonly number[])[], chosen: readonly number[]): readonly number[] {
  const own = vectors.map((vector) => vector.reduce((sum, each) => sum + each * each, 0) || 1);
  const residual = [...own];
  const rows: number[][] = [];
  for (const candidate of chosen) {
    const left = residual[candidate]!;
    const row = vectors.map((vector, i) => {
      if (!(left > 1e-9 * own[candidate]!)) return 0;
      let sum = 0;
      vectors[candidate]!.forEach((each, d) => (sum += each * vector[d]!));
      if (i === candidate) sum = own[candidate]!;
      for (const earlier of rows) sum -= earlier[candidate]! * earlier[i]!;
      return sum * (1 / Math.sqrt(left));
    });
    row.forEach((each, i) => (residual[i]! -= each * each));
    rows.push(row);
  }
  return residual.map((left, i) => (left > 1e-9 * own[i]! ? roundGain(Math.log(left)) : -Infinity));
}

const cases = fc
  .record({ count: fc.integer({ min: 1, max: 40 }), dimension: fc.integer({ min: 1, max: 35 }) })
  .chain(({ count, dimension }) =>
    fc.record({
      vectors: fc.array(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension }),
        { minLength: count, maxLength: count },
      ),
      chosen: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 30 }),
      taken: fc.integer({ min: 0, max: 12 }),
    }),
  );

describe("gains of dpp", () => {
  it("are those of the factor's rows, bit for bit, whatever their number, and after some were taken back", () => {
    fc.assert(
      fc.property(cases, ({ vectors, chosen, taken }) => {
        beginScratch();
        const dimension = vectors[0]!.length;
        const gains = createGains(
          {
            name: "shape",
            kind: "dpp",
            weight: 0.7,
            relevance: new Float64Array(vectors.length),
            similarity: { kind: "vectors", rows: Float64Array.from(vectors.flat()), dimension },
            top: vectors.length,
          },
          vectors.length,
        );
        for (const candidate of chosen) gains.add(candidate);
        const kept = Math.max(0, chosen.length - taken);
        for (let k = chosen.length; k > kept; k--) gains.remove();
        for (const candidate of chosen.slice(kept).toReversed()) gains.add(candidate);
        const expected = plainGains(vectors, [...chosen.slice(0, kept), ...chosen.slice(kept).toReversed()]);
        expected.forEach((gain, i) => expect(gains.at(i)).toBe(gain));
      }),
      { numRuns: 300 },
    );
  });

  it("do not see more in long vectors, nor less in short ones, than in those of length 1", () => {
    const withinOf = (scale: number): readonly boolean[] => {
      beginScratch();
      const [count, dimension] = [60, 4];
      const rows = Float64Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i) * scale);
      const gains = createGains(
        {
          name: "shape",
          kind: "dpp",
          weight: 0.5,
          relevance: new Float64Array(count),
          similarity: { kind: "vectors", rows, dimension },
          top: count,
        },
        count,
      );
      for (let candidate = 0; candidate < dimension; candidate++) gains.add(candidate);
      const after = Array.from({ length: count }, (_, i) => gains.at(i) === -Infinity);
      gains.remove();
      return [...after, ...Array.from({ length: count }, (_, i) => gains.at(i) === -Infinity)];
    };
    const unscaled = withinOf(1);
    // Four of them span four dimensions, three do not.
    expect(unscaled.filter((isWithin) => isWithin)).toHaveLength(60 + 3);
    expect(withinOf(2 ** 24)).toEqual(unscaled);
    expect(withinOf(2 ** -24)).toEqual(unscaled);
  });

  it("are the same whenever they are asked for, over several tiles", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), candidate: fc.nat() }),
      fc.record({ kind: fc.constant("ask" as const), candidate: fc.nat() }),
      fc.record({ kind: fc.constant("remove" as const) }),
    );
    const requests = fc.record({
      count: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 250, max: 600 })),
      dimension: fc.integer({ min: 1, max: 9 }),
      steps: fc.array(step, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(requests, ({ count, dimension, steps }) => {
        beginScratch();
        const rows = Float64Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i + count));
        const vectors = Array.from({ length: count }, (_, i) => [...rows.subarray(i * dimension, (i + 1) * dimension)]);
        const gains = createGains(
          {
            name: "shape",
            kind: "dpp",
            weight: 0.5,
            relevance: new Float64Array(count),
            similarity: { kind: "vectors", rows, dimension },
            top: count,
          },
          count,
        );
        const chosen: number[] = [];
        for (const each of steps) {
          if (each.kind === "remove") {
            if (chosen.pop() !== undefined) gains.remove();
            continue;
          }
          const candidate = each.candidate % count;
          if (each.kind === "ask") {
            const gain = plainGains(vectors, chosen)[candidate]!;
            expect(gains.bounds[candidate]).toBeGreaterThanOrEqual(gain);
            expect(gains.at(candidate)).toBe(gain);
          } else if (!chosen.includes(candidate)) {
            gains.add(candidate);
            chosen.push(candidate);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** The gains after some candidates were chosen, and some of these taken back, of so many vectors of pseudo-random numbers. */
function gainsOf(
  create: typeof createGains,
  { count, dimension, chosen, taken }: { count: number; dimension: number; chosen: readonly number[]; taken: number },
): readonly number[] {
  const rows = Float64Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i + dimension));
  const diversity = { name: "shape", kind: "dpp", weight: 0.7, top: chosen.length } as const;
  const gains = create(
    {
      ...diversity,
      relevance: Float64Array.from({ length: count }, (_, i) => Math.abs(Math.cos(i))),
      similarity: { kind: "vectors", rows, dimension },
    },
    count,
  );
  const distinct = new Set(chosen.map((each) => each % count));
  for (const candidate of distinct) gains.add(candidate);
  for (let k = 0; k < Math.min(taken, distinct.size); k++) gains.remove();
  return Array.from({ length: count }, (_, i) => gains.at(i));
}

describe("loops of WebAssembly", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("give the bits that plain loops give, over one tile and over several", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    vi.resetModules();
    const plain = await import("../../src/compiler/ranking/order/gains.js");
    const { openLanes: openNone } = await import("../../src/compiler/ranking/order/lanes.js");
    expect(openNone(1)).toBeUndefined();
    vi.unstubAllGlobals();
    beginScratch();
    expect(openLanes(1)).toBeDefined();
    fc.assert(
      fc.property(
        fc.record({
          count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 500, max: 1100 })),
          dimension: fc.integer({ min: 1, max: 40 }),
          chosen: fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 30 }),
          taken: fc.integer({ min: 0, max: 5 }),
        }),
        (request) => {
          beginScratch();
          expect(gainsOf(createGains, request)).toEqual(gainsOf(plain.createGains, request));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("leave what their memory has no room for to the plain ones", () => {
    beginScratch();
    expect(openLanes(2 ** 24)).toBeUndefined();
    expect(openLanes(2 ** 20)).toBeDefined();
    // The columns of the first would be lost if the memory grew.
    expect(openLanes(2 ** 22)).toBeUndefined();
    beginScratch();
    expect(openLanes(2 ** 22)).toBeDefined();
  });
});
