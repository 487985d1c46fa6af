/** Rows that the pass which fits has kept are those that a second pass over the files encodes, byte for byte. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchLayout } from "../../src/compiler/model/layout.js";
import type { FeatureModel, LabelModel } from "../../src/compiler/model/model.js";
import { encodeRelation, recordsFile } from "../../src/runtime/data/encode/encode.js";
import { fitAndKeep, fitFeatures } from "../../src/runtime/data/encode/fit/features.js";
import { createEnums } from "../../src/runtime/data/expressions/enums.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { requestOfArguments } from "../../src/runtime/data/files/files.js";
import { createRelation } from "../../src/runtime/data/files/relation.js";
import { openSource } from "../../src/runtime/data/files/source.js";
import { readingAs } from "../../src/runtime/data/profile.js";
import {
  bag,
  bucket,
  categorical,
  column,
  duckdb,
  event,
  folderWith,
  numeric,
  openIn,
  source,
  spec,
} from "./fixtures.js";

const of = (name: string) => ({ source: column(name) });
const features: readonly FeatureModel[] = [
  categorical("c"),
  categorical("again", { ...of("c"), vocabulary: { kind: "fitted", minCount: 2, limit: 3 } }),
  categorical("like", { ...of("m"), vocabulary: { kind: "like", feature: "c" } }),
  categorical("m", { missing: { kind: "value", value: "0" } }),
  categorical("zeros", { ...of("m"), missing: { kind: "zeros" } }),
  categorical("listed", { ...of("c"), vocabulary: { kind: "listed", values: ["1", "é", "longer than twelve"] } }),
  categorical("hashed", { ...of("m"), vocabulary: { kind: "hash", buckets: 50 } }),
  numeric("n", { scale: "standard", missing: "mean" }),
  numeric("plain", of("n")),
  numeric("mean", { ...of("n"), missing: "mean" }),
  numeric("logarithm", { ...of("n"), scale: "log1p", missing: "mean" }),
  numeric("absent", { ...of("n"), scale: "log1p", missing: "none" }),
  bucket("halves", { ...of("n"), boundaries: { kind: "quantiles", count: 2 }, missing: { kind: "zeros" } }),
  bucket("known", of("n")),
  bag("tags", { vocabulary: { kind: "hash", buckets: 9 } }),
];
const labels: readonly LabelModel[] = [
  event("y"),
  event("z", { within: ["y"] }),
  event("a", { base: "amount", ...of("n") }),
];

interface Both {
  readonly apart: unknown;
  /** Undefined where they were not kept. */
  readonly kept: unknown;
}

/** The fit, the report and the rows of a file, by two passes and by one. */
function bothOf(folder: string, file: string, of: readonly FeatureModel[], limit = 2 ** 30): Promise<Both> {
  return withDatabase({ folder }, async (database) => {
    const rules = { nulls: ["none"], trim: true };
    const data = await openSource(database, requestOfArguments([join(folder, file)], readingAs("csv", rules)));
    const { labels: all, ...model } = spec({}, of, labels);
    const relation = createRelation(data, ["c", "m", "n", "tags", "y", "z"], undefined);
    const layout = batchLayout({ ...model, labels: all });
    const common = { relation, enums: createEnums(database), features: of, layout, labels, weight: undefined };
    const seen: number[] = [];
    const onRows = (rows: number): void => void seen.push(rows);
    const rowsOf = (): string => readFileSync(join(folder, recordsFile)).toString("hex");
    const fitted = await fitFeatures(database, relation, of);
    const codes = { group: undefined, lists: undefined, groupedBy: [] };
    const apart = await encodeRelation(database, { ...common, ...codes, fitted, onRows, keyed: true }, folder);
    const found = { apart: { fitted, ...apart, written: rowsOf(), seen: seen.splice(0) } };
    const { fitted: again, early } = await fitAndKeep(database, { ...common, limit });
    const kept = await early?.finish(again, folder, { onRows, keyed: true, signal: undefined });
    return { ...found, kept: kept === undefined ? undefined : { fitted: again, ...kept, written: rowsOf(), seen } };
  });
}

describe("rows that are kept while they are fitted", () => {
  const text = fc.oneof(
    fc.constantFrom(
      "",
      "none",
      "0",
      "7",
      "007",
      "1.0",
      "é",
      "longer than twelve",
      "another long text",
      "2097152",
      " 7",
    ),
    fc.integer({ min: -3, max: 3_000_000 }).map(String),
  );
  const number = fc.oneof(
    fc.constantFrom("", "none", "-0", "1e3"),
    fc.double({ noNaN: true, min: -9, max: 9 }).map(String),
  );
  const row = fc.tuple(
    text,
    text,
    number,
    fc.constantFrom("", "a|b", "c"),
    fc.constantFrom("0", "1", ""),
    fc.constantFrom("0", "1"),
  );

  it("are those of two passes, in text", { timeout: 60_000 }, async () => {
    const check = async (rows: readonly (readonly string[])[]): Promise<void> => {
      // Where many of the first texts are long, the database groups them.
      const all = [...Array.from({ length: 200 }, (_, i) => [`${i % 9}`, "t", "", "", "1", "0"]), ...rows];
      const folder = folderWith({ "a.csv": `c,m,n,tags,y,z\n${all.map((values) => values.join(",")).join("\n")}\n` });
      const { apart, kept } = await bothOf(folder, "a.csv", features);
      expect(kept).toEqual(apart);
    };
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 90 }), check), {
      numRuns: 10,
      interruptAfterTimeLimit: 50_000,
    });
    await check(
      Array.from({ length: 5_000 }, (_, i) => [`${i % 700}`, `t${i % 31}`, `${i / 8}`, "a", `${i % 2}`, "0"]),
    );
  });

  it("are those of two passes, in Parquet", async () => {
    const folder = folderWith({});
    const columns = (c: string): string =>
      `SELECT ${c} AS c, CAST(CASE WHEN i % 5 = 0 THEN NULL ELSE i % 37 END AS BIGINT) AS m, CAST(i / 3 AS FLOAT) AS n, ` +
      "'a|b' AS tags, i % 2 AS y, i % 4 = 1 AS z FROM range(5000) t(i)";
    const write = (name: string, c: string) => duckdb(`COPY (${columns(c)}) TO '${join(folder, name)}'`);
    await write("near.parquet", "CASE WHEN i % 7 = 0 THEN NULL ELSE CAST(i % 90 - 40 AS INTEGER) END");
    await write("apart.parquet", "i * 400000");
    await write("far.parquet", "i * 4000000000");
    await write("least.parquet", "CASE WHEN i = 9 THEN -2147483648 ELSE i END");
    for (const file of ["near.parquet", "apart.parquet"]) {
      const { apart, kept } = await bothOf(folder, file, features);
      expect(kept, file).toEqual(apart);
    }
    // What 32 bits do not hold, or what stands for null.
    for (const file of ["far.parquet", "least.parquet"])
      expect((await bothOf(folder, file, features)).kept, file).toBeUndefined();
  });

  it("are not kept where they take too much, or a feature is fitted in another way", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `${i % 7},${i % 3},${i / 4},a|b,1,1`).join("\n");
    const folder = folderWith({ "a.csv": `c,m,n,tags,y,z\n${lines}\n` });
    const { kept } = await bothOf(folder, "a.csv", features);
    expect(kept).toBeDefined();
    expect((await bothOf(folder, "a.csv", features, 999)).kept).toBeUndefined();
    expect((await bothOf(folder, "a.csv", [...features, bag("other", of("tags"))])).kept).toBeUndefined();
  });

  it("are the rows of a data set that is opened, held or not", async () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, i) => `${i % 7},${i % 3},${i / 4},a|b,${i % 2},${i % 4 === 1 ? 1 : 0}`,
    );
    const text = `c,m,n,tags,y,z\n${lines.join("\n")}\n`;
    const hashes: (string | undefined)[] = [];
    for (const cacheLimit of [2 ** 30, 0]) {
      const folder = folderWith({ "a.csv": text, "b.csv": text });
      const model = spec({ train: source("a.csv"), test: source("b.csv") }, features, labels);
      const { train, test } = await openIn(folder, model, { cacheLimit });
      hashes.push(train?.hash, test?.hash);
    }
    expect(new Set(hashes).size).toBe(1);
    expect(hashes).not.toContain(undefined);
  });
});
