/** Vocabularies of whole numbers are those of their texts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWholeCounts, nullWhole } from "../../src/runtime/data/encode/fit/whole-counts.js";
import { categorical, folderWith, openIn, source, spec, duckdb } from "./fixtures.js";

function pairsOf(values: readonly (number | bigint | null)[]): Int32Array {
  const words = BigInt64Array.from(values, (value) => (value === null ? -(2n ** 63n) : BigInt(value)));
  return new Int32Array(words.buffer);
}

/** By counting texts. */
function expected(values: readonly (number | null)[], fewest: number, limit: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= fewest);
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return kept.slice(0, limit).map(([text]) => text);
}

describe("counts of whole numbers", () => {
  it("are ordered as counts of texts are", () => {
    const number = fc.oneof(
      fc.integer({ min: -30, max: 30 }),
      fc.integer({ min: -3000, max: 120_000 }),
      fc.constant(null),
    );
    const chunks = fc.array(fc.array(number, { maxLength: 60 }), { maxLength: 6 });
    const check = (parts: (number | null)[][], fewest: number, limit: number): void => {
      const [pairs, short] = [createWholeCounts(), createWholeCounts()];
      for (const part of parts) {
        const told = part.map((value) => value ?? nullWhole);
        const [ofPairs, ofShort] = [new Int32Array(part.length), new Int32Array(part.length)];
        expect(pairs.add(pairsOf(part), part.length, ofPairs)).toBe(true);
        const numbers = Int32Array.from(part, (value) => value ?? 7);
        const isThere = part.includes(null) ? (row: number) => part[row] !== null : undefined;
        expect(short.addShort(numbers, part.length, isThere, ofShort)).toBe(true);
        expect([...ofPairs]).toEqual(told);
        expect([...ofShort]).toEqual(told);
      }
      for (const counts of [pairs, short])
        expect(counts.values(fewest, limit)?.values).toEqual(expected(parts.flat(), fewest, limit));
    };
    fc.assert(fc.property(chunks, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 80 }), check));
  });

  it("are given up where numbers are far apart, or need more than 32 bits", () => {
    for (const far of [2 ** 31 - 1, -(2 ** 31), 2n ** 40n, -(2n ** 33n)]) {
      const counts = createWholeCounts();
      expect(counts.add(pairsOf([1, 2, far, 3]), 4, new Int32Array(4))).toBe(far === 2 ** 31 - 1);
      expect(counts.values(1, Infinity)).toBeUndefined();
    }
    const least = createWholeCounts();
    expect(least.addShort(Int32Array.of(1, nullWhole), 2, undefined, new Int32Array(2))).toBe(false);
    expect(least.values(1, Infinity)).toBeUndefined();
  });

  it("are in order where some are frequent", () => {
    const counts = createWholeCounts();
    const values = [3, 1, 2, 9].flatMap((value, i) => Array<number>([5000, 4096, 5000, 4095][i]!).fill(value));
    counts.add(pairsOf(values), values.length, new Int32Array(values.length));
    expect(counts.values(1, Infinity)?.values).toEqual(["2", "3", "1", "9"]);
  });

  it("are those of the same values as texts, near and far apart", async () => {
    for (const values of [
      ["5", "7", "5", "-3", "10", "9", "", "10"],
      ["5", "9007199254740993", "5", "-9007199254740993", "7", "", "9007199254740993"],
    ]) {
      const folder = folderWith({ "a.csv": `x\n${values.join("\n")}\n` });
      const rows = `SELECT CAST(nullif(x, '') AS BIGINT) AS x FROM unnest([${values.map((value) => `'${value}'`).join(", ")}]) t(x)`;
      await duckdb(`COPY (${rows}) TO '${folder}/a.parquet'`);
      const features = [categorical("x")];
      const [texts, wholes] = [
        await openIn(folder, spec({ train: source("a.csv") }, features)),
        await openIn(folder, spec({ train: source("a.parquet", "parquet") }, features)),
      ];
      expect(wholes.fitted.features).toEqual(texts.fitted.features);
    }
  });
});
