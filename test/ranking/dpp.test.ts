import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGains } from "../../src/compiler/ranking/index.js";
import { roundGain } from "../../src/compiler/ranking/order/gain.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";

/** What is left of each candidate after those chosen: rows of the Cholesky factor, a term after the other in the order of its definition. */
function plainResiduals(vectors: readonly (readonly number[])[], chosen: readonly number[]): readonly number[] {
  const own = vectors.map((vector) => vector.reduce((sum, each) => sum + each * each, 0) || 1);
  const residual = [...own];
  const rows: number[][] = [];
  for (const candidate of chosen) {
    const left = residual[candidate]!;
    const row = vectors.map((vector, i) => {
      if (!(left > 1e-9)) return 0;
      let sum = 0;
      vectors[candidate]!.forEach((each, d) => (sum += each * vector[d]!));
      if (i === candidate) sum = own[candidate]!;
      for (const earlier of rows) sum -= earlier[candidate]! * earlier[i]!;
      return sum * (1 / Math.sqrt(left));
    });
    row.forEach((each, i) => (residual[i]! -= each * each));
    rows.push(row);
  }
  return residual;
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
        const residuals = plainResiduals(vectors, [...chosen.slice(0, kept), ...chosen.slice(kept).toReversed()]);
        residuals.forEach((left, i) => expect(gains.at(i)).toBe(left > 1e-9 ? roundGain(Math.log(left)) : -Infinity));
      }),
      { numRuns: 300 },
    );
  });
});
