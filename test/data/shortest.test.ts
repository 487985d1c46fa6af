/** Numbers of 32 bits are the decimals that their texts are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortestDecimal } from "../../src/runtime/data/expressions/shortest.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { floatSql } from "../../src/runtime/data/files/source.js";
import { column, duckdb, event, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

describe("the shortest decimal of a float32", () => {
  it("is what its text says", () => {
    const texts = ["0.1", "-0.3", "1e-7", "123456.79", "-2.5e-11", "33554430", "1e20", "-7.1e-20"];
    expect(texts.map((text) => shortestDecimal(Math.fround(Number(text))))).toEqual(texts.map(Number));
    for (const value of [NaN, Infinity, -Infinity, 0, -0]) expect(shortestDecimal(value)).toBe(value);
  });

  it("means the same float32, and has no more digits than need be", () => {
    const check = (float: number): void => {
      const decimal = shortestDecimal(float);
      expect(Math.fround(decimal)).toBe(float);
      const digits = (value: number): number => value.toExponential().replace(/e.*|[-.]/g, "").length;
      expect(digits(decimal)).toBeLessThanOrEqual(Math.max(9, digits(float)));
    };
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), check), { numRuns: 2000 });
  });

  it("is what SQL makes of every number below 2^24", async () => {
    const floats = fc.sample(fc.float({ noNaN: true, min: -(2 ** 24), max: 2 ** 24, noDefaultInfinity: true }), {
      numRuns: 3000,
      seed: 7,
    });
    const dense = fc.sample(fc.float({ noNaN: true, min: -8, max: 8 }), { numRuns: 3000, seed: 8 });
    const grid = Float32Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 4001) / 128 - i);
    const values = Float32Array.from([...floats, ...dense, ...grid]).filter(
      (value) => value === 0 || Math.abs(value) >= 1e-12,
    );
    await withDatabase({ folder: folderWith({}) }, async (database) => {
      await database.load("t", [{ name: "x", values }]);
      const rows = await database.rows(`SELECT ${floatSql("x")} FROM t`);
      expect(Array.from(values, shortestDecimal)).toEqual(rows.map(([value]) => value));
    });
  });

  it("is not sought where a number of 32 bits is all that is kept, and the same is", async () => {
    const floats = [0.1, -0.3, 1e-7, 123456.79, 0, 33554430, 1.0000001, 3.4e38].map(Math.fround);
    const list = floats.map((value) => `CAST('${value}' AS FLOAT)`).join(", ");
    const folder = folderWith({});
    await duckdb(`COPY (SELECT x, x AS y FROM unnest([${list}]) t(x)) TO '${folder}/a.parquet'`);
    const features = [numeric("x"), numeric("y", { scale: "log1p" })];
    const label = event("amount", { base: "amount", source: column("x") });
    const { train } = await openIn(folder, spec({ train: source("a.parquet", "parquet") }, features, [label]));
    const rows = rowsOf(train);
    expect(rows.map(({ numbers: [value] }) => value)).toEqual(floats);
    expect(rows.map(({ labels: [value] }) => value)).toEqual(floats);
    const logarithm = (value: number): number => Math.fround(Math.sign(value) * Math.log1p(Math.abs(value)));
    expect(rows.map(({ numbers: [, value] }) => value)).toEqual(floats.map(shortestDecimal).map(logarithm));
  });
});
