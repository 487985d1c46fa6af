import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RawRow } from "../../src/runtime/data/index.js";
import { createRowEncoder } from "../../src/runtime/data/index.js";
import type { FeatureModel } from "../../src/compiler/model/model.js";
import { Failure } from "../../src/runtime/failure.js";
import {
  bag,
  binary,
  bucket,
  categorical,
  column,
  duckdb,
  event,
  folderWith,
  literal,
  numbers,
  numeric,
  openIn,
  rowsOf,
  rowsOfBatch,
  sequence,
  source,
  span,
  spec,
} from "./fixtures.js";

const features: FeatureModel[] = [
  categorical("word"),
  categorical("hashed", { source: column("word"), vocabulary: { kind: "hash", buckets: 50 } }),
  categorical("listed", { source: column("word"), vocabulary: { kind: "listed", values: ["a", "1", "true"] } }),
  categorical("whole", { vocabulary: { kind: "fitted", limit: 3, minCount: 1 } }),
  categorical("wholeHashed", { source: column("whole"), vocabulary: { kind: "hash", buckets: 50 } }),
  categorical("wholeIds", { source: column("whole"), vocabulary: { kind: "ids", count: 5 } }),
  categorical("realIds", { source: column("real"), vocabulary: { kind: "ids", count: 5 } }),
  categorical("wholeIdsOr", {
    source: column("whole"),
    vocabulary: { kind: "ids", count: 5 },
    missing: { kind: "value", value: 3, outside: true },
  }),
  categorical("realIdsOrZeros", {
    source: column("real"),
    vocabulary: { kind: "ids", count: 5 },
    missing: { kind: "zeros", outside: true },
  }),
  categorical("realText", { source: column("real") }),
  categorical("wordOr", { source: column("word"), missing: { kind: "value", value: "b" } }),
  categorical("wordOrZeros", { source: column("word"), missing: { kind: "zeros" } }),
  categorical("hashedOrZeros", {
    source: column("word"),
    vocabulary: { kind: "hash", buckets: 50 },
    missing: { kind: "zeros" },
  }),
  categorical("wholeOr", { source: column("whole"), missing: { kind: "value", value: 2 } }),
  categorical("wholeOrText", { source: column("whole"), missing: { kind: "value", value: "none" } }),
  categorical("wholeOrZeros", { source: column("whole"), missing: { kind: "zeros" } }),
  bucket("levelOr", { source: column("real"), missing: { kind: "value", value: 11 } }),
  bucket("levelOrZeros", { source: column("real"), missing: { kind: "zeros" } }),
  bag("tagsOr", { source: column("tags"), max: 2, missing: { kind: "value", value: "a" } }),
  categorical("flagText", { source: column("flag") }),
  categorical("isLarge", { source: binary(column("real"), ">", literal(1)) }),
  numeric("real", { scale: "standard", missing: "mean" }),
  numeric("logged", { source: column("real"), scale: "log1p_standard", missing: 1 }),
  numeric("ranged", { source: column("whole"), scale: "minmax", missing: 3 }),
  numeric("fromTruth", { source: binary(column("flag"), "and", binary(column("real"), ">", literal(0))) }),
  numeric("sum", { source: binary(column("real"), "+", column("whole")), missing: -5 }),
  bucket("level", { source: column("real"), boundaries: { kind: "quantiles", count: 3 } }),
  bucket("cut", { source: column("whole"), boundaries: { kind: "listed", values: [-1, 0, 100] } }),
  bag("tags", { max: 3 }),
  bag("tagsHashed", { source: column("tags"), max: 2, vocabulary: { kind: "hash", buckets: 20 } }),
  bag("tagsIds", { source: column("tags"), max: 2, vocabulary: { kind: "ids", count: 2 } }),
  bag("weighted", { source: column("weights"), max: 3, weighted: true }),
  bag("weightedOr", {
    source: column("weights"),
    max: 2,
    weighted: true,
    vocabulary: { kind: "like", feature: "weighted" },
    missing: { kind: "value", value: "b" },
  }),
  bag("weightedIds", { source: column("weights"), max: 2, weighted: true, vocabulary: { kind: "ids", count: 2 } }),
  sequence("lastTags", { source: column("tags"), max: 2 }),
  sequence("firstTags", { source: column("tags"), max: 2, keep: "first" }),
  sequence("wordsLikeTags", { source: column("word"), vocabulary: { kind: "like", feature: "tags" } }),
];
const positions = { along: "aligned", max: 2 } as const;
features.push(
  sequence("aligned", { source: column("tags"), ...positions }),
  sequence("alignedTexts", { source: column("times"), ...positions }),
  sequence("alignedHashed", {
    source: column("times"),
    vocabulary: { kind: "hash", buckets: 20 },
    ...positions,
  }),
  numbers("times", "aligned", { max: 2, scale: "log1p_standard", missing: "mean" }),
);
const labels = [
  event("flag"),
  event("small", { source: binary(column("whole"), "<", literal(2)) }),
  event("amount", { base: "amount", source: column("real") }),
];
const texts = ["a", "b", "1", "true", "it's", "é", "😀"];
const items = ["a:0.5", "b:2", "1:1e-3", "a", "é:0", "b:c:3", ":2", "NA", "1.0:4", "\u0301:1", "True:.5"];
const tidyRow = fc
  .record({
    word: fc.option(fc.constantFrom(...texts)),
    whole: fc.option(fc.integer({ min: -3, max: 6 })),
    real: fc.option(
      fc.oneof(
        fc.constantFrom(0, 1, -1, 2.5, 1e6),
        fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }),
      ),
    ),
    flag: fc.option(fc.boolean()),
    tags: fc.option(fc.array(fc.constantFrom(...texts), { maxLength: 5 })),
    weights: fc.option(fc.array(fc.constantFrom(...items), { maxLength: 5 })),
    weight: fc.constantFrom(0, 0.5, 1, 3),
    time: fc.array(fc.option(fc.constantFrom(0.5, 2, 30)), { minLength: 5, maxLength: 5 }),
  })
  // One for each tag; a single null is no value, but a list that is not there.
  .map(({ time, ...row }) => ({
    ...row,
    times:
      row.tags === null || row.tags.length === 0 ? row.tags : row.tags.map((_, i) => (i === 0 ? 7 : (time[i] ?? null))),
  }));
const rowLists = fc.array(tidyRow, { minLength: 1, maxLength: 40 });
const rules = { nulls: ["NA"], trim: true } as const;

function csvField(value: unknown): string {
  if (value === null) return "";
  const text = Array.isArray(value) ? value.join("|") : typeof value === "string" ? ` ${value} ` : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

function writeCsv(rows: readonly RawRow[]): string {
  const names = ["word", "whole", "real", "flag", "tags", "times", "weights", "weight"];
  return [names.join(), ...rows.map((row) => names.map((name) => csvField(row[name])).join())].join("\n");
}

describe("rows of a program", () => {
  it("are encoded as the same rows in a CSV file", async () => {
    await fc.assert(
      fc.asyncProperty(rowLists, rowLists, async (trainRows, testRows) => {
        const folder = folderWith({ "train.csv": writeCsv(trainRows), "test.csv": writeCsv(testRows) });
        const model = spec(
          { train: source("train.csv", "csv", rules), test: source("test.csv", "csv", rules), weight: "weight" },
          features,
          labels,
        );
        const { test, fitted } = await openIn(folder, model);
        const encode = createRowEncoder(model, fitted, { mode: "data" });
        expect(rowsOfBatch(encode(testRows), labels.length)).toEqual(rowsOf(test));
        // As texts, which is how another program may hand them in.
        const asTexts = testRows.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([k, v]) => [
              k,
              v === null ? "NA" : Array.isArray(v) ? v.join("|") : ` ${String(v)}`,
            ]),
          ),
        );
        expect(rowsOfBatch(encode(asTexts), labels.length)).toEqual(rowsOf(test));
      }),
      { seed: 8, numRuns: 12 },
    );
  });

  it("are encoded as the same rows in JSON and Parquet", async () => {
    await fc.assert(
      fc.asyncProperty(rowLists, async (rows) => {
        // A first row without nulls, so that every column has its type.
        const typed = [
          { word: "a", whole: 1, real: 0.5, flag: true, tags: ["a"], times: [0.5], weights: ["a"], weight: 1 },
          ...rows,
        ];
        const folder = folderWith({ "a.jsonl": typed.map((row) => JSON.stringify(row)).join("\n") });
        const path = join(folder, "a.parquet");
        await duckdb(
          `COPY (SELECT word, whole::INTEGER AS whole, real::DOUBLE AS real, flag, tags, times::DOUBLE[] AS times, weights, weight FROM read_json('${join(folder, "a.jsonl")}', format='newline_delimited')) TO '${path}'`,
        );
        for (const file of [source("a.jsonl", "jsonl"), source("a.parquet", "parquet")]) {
          const model = spec({ train: file, weight: "weight" }, features, labels);
          const { train, fitted } = await openIn(folder, model);
          const encode = createRowEncoder(model, fitted, { mode: "data" });
          expect(rowsOfBatch(encode(typed), labels.length)).toEqual(rowsOf(train));
        }
      }),
      { seed: 9, numRuns: 8 },
    );
  });

  it("see what serving sees", async () => {
    const folder = folderWith({ "a.csv": "position,price,seen,x\n3,1.5,a,1\n4,2.5,b,2\n" });
    const model = spec(
      { train: source("a.csv") },
      [
        categorical("position", { serving: { kind: "value", value: 4 } }),
        numeric("price", { missing: "mean", serving: { kind: "none" } }),
        categorical("seen", { serving: { kind: "none" } }),
        numeric("x"),
      ],
      [event("click")],
    );
    const { fitted } = await openIn(folder, { ...model, labels: [] });
    const encode = createRowEncoder(model, fitted, { mode: "serving" });
    expect(rowsOfBatch(encode([{ position: 3, price: 7, seen: "a", x: 5 }, {}]), 1)).toEqual([
      { ids: [2, 0], numbers: [2, 5], labels: [null], weight: 1 },
      { ids: [2, 0], numbers: [2, 0], labels: [null], weight: 1 },
    ]);
  });

  it("take big integers and refuse what is not a value", async () => {
    const folder = folderWith({ "a.csv": "id,x\n9007199254740993,1\n" });
    const model = spec({ train: source("a.csv") }, [categorical("id"), numeric("x")]);
    const { fitted } = await openIn(folder, model);
    const encode = createRowEncoder(model, fitted, { mode: "data" });
    expect(encode([{ id: 9007199254740993n, x: true }]).ids).toEqual(Int32Array.of(1));
    const messageOf = (rows: readonly RawRow[]): string => {
      try {
        encode(rows);
      } catch (error) {
        if (error instanceof Failure) return error.message;
      }
      return "";
    };
    expect(messageOf([{ id: 1 }, { id: 2, x: "many" }])).toBe(
      "MTL7113: column `x` is `many` in row 2, where feature `x` needs a number",
    );
    expect(messageOf([{ id: { a: 1 } }])).toBe(
      'MTL7113: column `id` is `{"a":1}` in row 1, where feature `id` needs one value',
    );
    const weighted = createRowEncoder({ ...model, data: { ...model.data, weight: "w" } }, fitted, { mode: "data" });
    expect(() => weighted([{ id: 1, w: -1 }])).toThrow(
      "MTL7113: column `w` is `-1` in row 1, where the sample weight needs a number of at least 0",
    );
  });

  it("name the feature when an expression gives no boolean", () => {
    const model = spec(
      {},
      [],
      [event("y", { source: { kind: "binary", operator: "+", left: column("a"), right: literal(1), span } })],
    );
    const encode = createRowEncoder(model, { rows: 0, features: {} }, { mode: "data" });
    expect(() => encode([{ a: 1 }])).toThrow(
      "MTL7113: a part of label `y` is `2` in row 1, where its operator needs 0, 1, true or false",
    );
  });
});
