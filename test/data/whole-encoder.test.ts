/** Whole numbers of 32 bits are read without their texts, and become the ids that their texts have. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { storedVocabulary, storedWholes } from "../../src/runtime/data/encode/stored-values.js";
import { parseVocabulary, vocabularyText } from "../../src/runtime/artifact/vocabulary-file.js";
import type { EncodedBatch } from "../../src/runtime/data/batches/dataset.js";
import { categorical, duckdb, openIn, source, spec } from "./fixtures.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-whole-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("columns of integers", () => {
  it.each(["TINYINT", "SMALLINT", "INTEGER"])("of the type %s become the ids of 64-bit ones", async (type) => {
    const values = "CASE WHEN i % 7 = 3 THEN NULL WHEN i % 11 = 5 THEN -i % 100 ELSE i * 37 % 120 END";
    const rows = (of: string, to: number): string =>
      `SELECT CAST(${values} AS ${of}) AS x, CAST(${values} AS ${of}) AS listed, CAST(${values} AS ${of}) AS few, CAST(${values} AS ${of}) AS id FROM range(${to}) t(i)`;
    for (const [name, to] of [
      ["train", 2_500],
      ["test", 5_000],
    ] as const)
      for (const of of [type, "BIGINT"])
        await duckdb(`COPY (${rows(of, to)}) TO '${join(folder, `${name}-${type}-${of}.parquet`)}'`);
    const features = [
      categorical("x", { vocabulary: { kind: "fitted", minCount: 25 } }),
      categorical("listed", { vocabulary: { kind: "listed", values: ["5", "-5", "070", "70", "x"] } }),
      categorical("few", { vocabulary: { kind: "fitted", minCount: 25 }, missing: { kind: "zeros" } }),
      categorical("id", { vocabulary: { kind: "ids", count: 50 } }),
    ];
    const batchOf = async (of: string): Promise<{ readonly batch: EncodedBatch; readonly report: unknown }> => {
      const files = (name: string) => source(`${name}-${type}-${of}.parquet`, "parquet");
      const { test } = await openIn(folder, spec({ train: files("train"), test: files("test") }, features));
      const batch = test?.batches({ size: 5_000, pad: false }).next().value as EncodedBatch;
      return { batch, report: test?.report };
    };
    const [short, long] = [await batchOf(type), await batchOf("BIGINT")];
    expect(new Set(short.batch.ids).size).toBeGreaterThan(40);
    expect(short.batch.ids).toEqual(long.batch.ids);
    expect(short.report).toEqual(long.report);
  });
});

describe("values as an artifact has them", () => {
  it("are those that were written, and whole numbers among them those of their texts", () => {
    const whole = fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }).map(String);
    const text = fc.oneof(
      fc.string(),
      whole,
      fc.integer().map(String),
      fc.constantFrom("0", "-0", "-", "00", "07", "1e3", "9007199254740991", "9007199254740992", "\n", "\\", "１"),
    );
    fc.assert(
      fc.property(fc.array(text), (values) => {
        const found = storedVocabulary(Buffer.from(vocabularyText(values), "utf8"), parseVocabulary);
        expect(found.stored?.size).toBe(values.length);
        const expected = values.map((value) =>
          Number.isSafeInteger(Number(value)) && String(Number(value)) === value ? Number(value) : NaN,
        );
        expect(found.stored === undefined ? [] : [...storedWholes(found.stored)]).toEqual(expected);
        expect(found.values).toEqual(values);
        expect(JSON.stringify(found)).toBe(JSON.stringify({ kind: "vocabulary", values }));
      }),
    );
  });
});
