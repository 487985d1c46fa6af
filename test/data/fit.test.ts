import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureModel } from "../../src/compiler/model/model.js";
import { cutBins } from "../../src/runtime/data/encode/fit/boundaries.js";
import { bucketOf, hashText, murmur3, vocabularySeed } from "../../src/runtime/data/encode/hash.js";
import { type Fitted, fittedSizes, hashFitted, joinFitted, splitFitted } from "../../src/runtime/data/index.js";
import { bag, bucket, categorical, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

/** Fits and encodes a column of texts, one per row. */
async function fit(feature: FeatureModel, values: readonly (string | number)[]) {
  const quoted = values.map((value) => `"${String(value).replaceAll('"', '""')}"`);
  const folder = folderWith({ "a.csv": `x\n${quoted.join("\n")}\n` });
  const { train, fitted } = await openIn(folder, spec({ train: source("a.csv") }, [feature]));
  const rows = rowsOf(train);
  return {
    fit: fitted.features["x"],
    ids: rows.map(({ ids: [id] }) => id),
    numbers: rows.map(({ numbers: [n] }) => n),
    report: train?.report.columns[0],
  };
}

function repeat(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([value, count]) => Array.from({ length: count }, () => value));
}

describe("vocabularies", () => {
  it("are ordered by frequency, ties by code points", async () => {
    // In UTF-16 order the emoji would be before the other.
    const { fit: found } = await fit(categorical("x"), repeat({ b: 2, 豈: 1, "😀": 1, a: 1, Z: 1, z: 3 }));
    expect(found).toEqual({ kind: "vocabulary", values: ["z", "b", "Z", "a", "豈", "😀"] });
  });

  it("keep at most `limit` values, each seen `minCount` times", async () => {
    const values = repeat({ a: 4, b: 3, c: 2, d: 1 });
    const limited = await fit(categorical("x", { vocabulary: { kind: "fitted", limit: 2, minCount: 1 } }), values);
    expect(limited.fit).toEqual({ kind: "vocabulary", values: ["a", "b"] });
    expect(limited.report).toEqual({ column: "x", nulls: 0, unseen: 3 });
    expect(limited.ids).toEqual([1, 1, 1, 1, 2, 2, 2, 0, 0, 0]);
    const frequent = await fit(categorical("x", { vocabulary: { kind: "fitted", minCount: 2 } }), values);
    expect(frequent.fit).toEqual({ kind: "vocabulary", values: ["a", "b", "c"] });
  });

  it("of bags count the values that are used", async () => {
    const feature = bag("x", { max: 2, vocabulary: { kind: "fitted", limit: 2, minCount: 1 } });
    const { fit: found } = await fit(feature, ["a|b|c", "c|b|c", "c||c", "b"]);
    // b: 3, c: 3 (the third value of a row is not used; an empty one is none), a: 1.
    expect(found).toEqual({ kind: "vocabulary", values: ["b", "c"] });
  });

  it("may be listed, and then need no training data", async () => {
    const feature = categorical("x", { vocabulary: { kind: "listed", values: ["no", "yes"] } });
    const folder = folderWith({ "a.csv": "x\nyes\nno\nmaybe\n" });
    const { test } = await openIn(folder, spec({ test: source("a.csv") }, [feature]));
    expect(rowsOf(test).map(({ ids: [id] }) => id)).toEqual([2, 1, 0]);
  });

  it("of all-null columns are empty", async () => {
    const { fit: found, ids, report } = await fit(categorical("x"), ["", ""]);
    expect(found).toEqual({ kind: "vocabulary", values: [] });
    expect(ids).toEqual([0, 0]);
    expect(report).toEqual({ column: "x", nulls: 2, unseen: 0 });
  });

  it("many at once are fitted apart", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `f${i}`);
    const folder = folderWith({ "a.csv": `${names.join()}\n${names.map((name) => `v${name}`).join()}\n` });
    const { fitted } = await openIn(
      folder,
      spec(
        { train: source("a.csv") },
        names.map((name) => categorical(name)),
      ),
    );
    for (const name of names) expect(fitted.features[name]).toEqual({ kind: "vocabulary", values: [`v${name}`] });
  });

  it("that are ids already have the row after theirs, and anything else row 0", async () => {
    const feature = categorical("x", { vocabulary: { kind: "ids", count: 10 } });
    const of = async (values: readonly (string | number)[]) => {
      const { ids, fit: found, report } = await fit(feature, values);
      expect(found).toEqual({ kind: "ids", count: 10 });
      return [ids, report?.unseen, report?.nulls];
    };
    expect(await of([0, 9, 10, -1, "", 3])).toEqual([[1, 10, 0, 0, 0, 4], 2, 1]);
    expect(await of(["0", "a", "007", "1.5", "9.0", "99999999999999999999", ""])).toEqual([
      [1, 0, 8, 0, 10, 0, 0],
      3,
      1,
    ]);
  });

  it("hashed give ids from 1, the same for a number and its text", async () => {
    const feature = categorical("x", { vocabulary: { kind: "hash", buckets: 10 } });
    const { ids, fit: found } = await fit(feature, ["7", "", "a", "7"]);
    expect(found).toEqual({ kind: "hash", buckets: 10, seed: vocabularySeed });
    expect(ids).toEqual([bucketOf("7", 10, vocabularySeed) + 1, 0, bucketOf("a", 10, vocabularySeed) + 1, ids[0]]);
  });
});

describe("the hash", () => {
  it("is MurmurHash3_x86_128", () => {
    // Values of the reference implementation (smhasher), first two words.
    const hex = (text: string, seed: number) => {
      const { high, low } = hashText(text, seed);
      return [high, low].map((word) => word.toString(16).padStart(8, "0")).join(" ");
    };
    expect(hex("", 0)).toBe("00000000 00000000");
    expect(hex("", 1)).toBe("88c4adec 54d201b9");
    expect(hex("The quick brown fox jumps over the lazy dog", 0)).toBe("2f1583c3 ecee2c67");
  });

  it("looks at every byte and at the length", () => {
    const seen = new Set<string>();
    const bytes = new Uint8Array(40);
    for (let length = 0; length <= 40; length++)
      for (let at = 0; at <= length; at++) {
        bytes.fill(0);
        if (at < length) bytes[at] = 1;
        const { high, low } = murmur3(bytes, length, 5);
        seen.add(`${high} ${low}`);
      }
    expect(seen.size).toBe((41 * 42) / 2);
  });

  it("spreads evenly", () => {
    const counts = new Int32Array(100);
    for (let i = 0; i < 100_000; i++) counts[bucketOf(`user-${i}`, 100, vocabularySeed)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: between 55 and 160 but for one in ten thousand.
    expect(chiSquare).toBeGreaterThan(55);
    expect(chiSquare).toBeLessThan(160);
  });
});

describe("numbers", () => {
  const values = [1, 2, 3, 6, "", "nan"];

  it("are standardised by mean and population deviation, nulls as the mean", async () => {
    const { fit: found, numbers, report } = await fit(numeric("x", { scale: "standard", missing: "mean" }), values);
    const deviation = Math.sqrt((4 + 1 + 0 + 9) / 4);
    expect(found).toEqual({ kind: "number", mean: 3, deviation, minimum: 1, maximum: 6 });
    expect(numbers).toEqual([-2, -1, 0, 3, 0, 0].map((x) => Math.fround(x / deviation)));
    expect(report).toEqual({ column: "x", nulls: 2, unseen: 0 });
  });

  it("go to [0, 1] by the training range", async () => {
    const { numbers } = await fit(numeric("x", { scale: "minmax", missing: 11 }), values);
    expect(numbers).toEqual([0, 0.2, 0.4, 1, 2, 2].map(Math.fround));
  });

  it("take the logarithm with their sign", async () => {
    const { numbers } = await fit(numeric("x", { scale: "log1p", missing: 0 }), [0, 1, -1, -7, ""]);
    expect(numbers).toEqual([0, Math.log(2), -Math.log(2), -Math.log(8), 0].map(Math.fround));
  });

  it("standardise the logarithm", async () => {
    const { numbers, fit: found } = await fit(numeric("x", { scale: "log1p_standard", missing: "mean" }), [0, 3, ""]);
    expect(found).toMatchObject({ mean: Math.log(4) / 2, deviation: Math.log(4) / 2 });
    expect(numbers).toEqual([-1, 1, 0]);
  });

  it("of one value are zero, and so is a column of nulls", async () => {
    expect((await fit(numeric("x", { scale: "standard", missing: "mean" }), [5, 5])).numbers).toEqual([0, 0]);
    expect((await fit(numeric("x", { scale: "minmax", missing: "mean" }), [5, 5])).numbers).toEqual([0, 0]);
    expect((await fit(numeric("x", { scale: "standard", missing: "mean" }), ["", ""])).numbers).toEqual([0, 0]);
  });

  it("stay finite in float32", async () => {
    const { numbers } = await fit(numeric("x"), ["1e300", "-1e300", "1e-300"]);
    expect(numbers).toEqual([3.4028234663852886e38, -3.4028234663852886e38, 0]);
    const scaled = await fit(numeric("x", { scale: "standard", missing: "mean" }), ["1e300", "-1e300", "1"]);
    expect(scaled.numbers.every((x) => Number.isFinite(x))).toBe(true);
  });

  it("have the moments of a plain two-pass computation", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        async (xs) => {
          const { fit: found } = await fit(numeric("x", { scale: "standard", missing: "mean" }), xs);
          const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
          const deviation = Math.sqrt(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / xs.length);
          if (found?.kind !== "number") throw new Error("no moments");
          expect(found.mean).toBeCloseTo(mean, 5);
          expect(found.deviation).toBeCloseTo(deviation, 5);
        },
      ),
      { seed: 3, numRuns: 10 },
    );
  });
});

describe("buckets", () => {
  it("count the boundaries up to the value", async () => {
    const { ids } = await fit(bucket("x", { boundaries: { kind: "listed", values: [0, 10] } }), [-1, 0, 5, 10, 11, ""]);
    expect(ids).toEqual([1, 2, 2, 3, 3, 0]);
  });

  it("of quantiles hold about equally many", async () => {
    const quartiles = bucket("x", { boundaries: { kind: "quantiles", count: 4 } });
    const { fit: found, ids } = await fit(
      quartiles,
      Array.from({ length: 100 }, (_, i) => (i * 37) % 100),
    );
    expect(found).toEqual({ kind: "bucket", boundaries: [25, 50, 75] });
    expect([1, 2, 3, 4].map((id) => ids.filter((other) => other === id).length)).toEqual([25, 25, 25, 25]);
  });

  it("of quantiles that fall together are fewer", async () => {
    const quartiles = bucket("x", { boundaries: { kind: "quantiles", count: 4 } });
    expect((await fit(quartiles, [0, 0, 0, 0, 0, 0, 0, 5])).fit).toEqual({ kind: "bucket", boundaries: [5] });
    expect((await fit(quartiles, [3, 3, 3])).fit).toEqual({ kind: "bucket", boundaries: [] });
    expect((await fit(quartiles, ["", ""])).fit).toEqual({ kind: "bucket", boundaries: [] });
  });
});

describe("bins", () => {
  const bins = (count: number): FeatureModel => bucket("x", { boundaries: { kind: "bins", count } });

  it("give a frequent value one of its own, and share the rest evenly", async () => {
    const values = [...repeat({ 0: 90 }), ...Array.from({ length: 10 }, (_, i) => 10 * (i + 1))];
    const { fit: found, ids } = await fit(bins(6), values);
    expect(found).toEqual({ kind: "bucket", boundaries: [5, 25, 45, 65, 85] });
    expect(ids.slice(88, 94)).toEqual([1, 1, 2, 2, 3, 3]);
    const quantiles = await fit(bucket("x", { boundaries: { kind: "quantiles", count: 6 } }), values);
    expect(quantiles.fit).toEqual({ kind: "bucket", boundaries: [10] });
  });

  it("are one for each value where there are no more", async () => {
    expect((await fit(bins(4), repeat({ 1: 9, 2: 1, 5: 3, 9: 1 }))).fit).toEqual({
      kind: "bucket",
      boundaries: [1.5, 3.5, 7],
    });
    expect((await fit(bins(4), [3, 3, 3])).fit).toEqual({ kind: "bucket", boundaries: [] });
    expect((await fit(bins(4), ["", ""])).fit).toEqual({ kind: "bucket", boundaries: [] });
  });

  it("have few values beside a frequent one join it", async () => {
    // 5 is one row, of a share of ten; 6, 7 and those above are 21.
    const values = [...repeat({ 0: 40, 5: 1, 6: 40 }), ...Array.from({ length: 20 }, (_, i) => 7 + i)];
    expect((await fit(bins(4), values)).fit).toEqual({ kind: "bucket", boundaries: [2.5, 6.5, 16.5] });
  });

  it("are at most as many as asked, in ascending order, each frequent value in one with few others", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        (counts, most) => {
          const total = counts.reduce((sum, count) => sum + count, 0);
          const top = counts.map((count, value) => [value, count] as const).toSorted((a, b) => b[1] - a[1]);
          const cut = cutBins(total, top.slice(0, most), most);
          counts.forEach((count, value) => cut.add(value, count));
          const { boundaries } = cut;
          expect(boundaries.length).toBeLessThan(Math.max(most, 1));
          if (counts.length > 0 && counts.length <= most) expect(boundaries).toHaveLength(counts.length - 1);
          for (const [i, boundary] of boundaries.entries()) expect(boundary).toBeGreaterThan(boundaries[i - 1] ?? -1);
          const binOf = (value: number): number => boundaries.filter((boundary) => boundary <= value).length;
          const frequent = top.filter(([, count]) => count >= total / most);
          expect(new Set(frequent.map(([value]) => binOf(value))).size).toBe(frequent.length);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});

describe("a fit in files", () => {
  const features = [
    categorical("a"),
    categorical("h", { vocabulary: { kind: "hash", buckets: 5 } }),
    categorical("i", { vocabulary: { kind: "ids", count: 7 } }),
    numeric("n"),
    bucket("b"),
  ];
  const fitted: Fitted = {
    rows: 12,
    features: {
      a: { kind: "vocabulary", values: ["x", "line\nbreak"] },
      h: { kind: "hash", buckets: 5, seed: vocabularySeed },
      i: { kind: "ids", count: 7 },
      n: { kind: "number", mean: 0.1, deviation: 1 / 3, minimum: -1, maximum: 2 },
      b: { kind: "bucket", boundaries: [0, 0.5] },
    },
  };

  it("comes back as it was", () => {
    const { json, vocabularies, ids } = splitFitted(fitted);
    const read = joinFitted({ features }, JSON.parse(JSON.stringify(json)), (name) => ({
      kind: "vocabulary",
      values: vocabularies.get(name)?.values ?? [],
    }));
    expect(read).toEqual(fitted);
    expect(hashFitted(read)).toBe(hashFitted(fitted));
    expect(ids).toEqual({ a: 3, h: 6, i: 8, b: 4 });
    expect(fittedSizes(fitted).ids).toEqual(ids);
  });

  it("says what is wrong with it", () => {
    const join = (json: unknown) => () => joinFitted({ features }, json, () => ({ kind: "vocabulary", values: ["x"] }));
    expect(join(undefined)).toThrow("the fit is missing");
    expect(join({ rows: 1, features: {} })).toThrow("feature `a` is missing");
    expect(join(splitFitted(fitted).json)).toThrow("the vocabulary of `a` has 1 values instead of 2");
    expect(join({ rows: "1", features: {} })).toThrow("`rows` is not a number");
    expect(join({ rows: 1, features: { a: { kind: "bloom" } } })).toThrow("feature `a` has no kind that is known");
  });
});
