import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bucketOf, vocabularySeed } from "../../src/runtime/data/encode/hash.js";
import { categorical, folderWith, numeric, openIn, rowsOf, source, spec } from "../data/fixtures.js";
import { pageCalled, readPages, rowOf, sectionsOf } from "./pages.js";

/** What `data.md` gives other systems to compute for themselves. */

it("ids of hashed values are those of the page", () => {
  const section = sectionsOf(pageCalled(readPages(), "docs/data.md")).find(({ title }) => title === "Encoding");
  for (const value of ["u1", "42", "日本"]) {
    const row = section === undefined ? undefined : rowOf(section, value);
    const ids = [1000, 1_000_000].map((buckets) => String(bucketOf(value, buckets, vocabularySeed) + 1));
    expect(row?.slice(1), value).toEqual(ids);
  }
});

describe("a split follows the rule of the page", () => {
  const users = Array.from({ length: 200 }, (_, i) => (i % 50 === 0 ? "" : i % 3 === 0 ? `Ä${i}` : `u${i}`));
  const folder = folderWith({
    "all.csv": `user,day,x\n${users.map((user, i) => `${user},${i % 7},${i}`).join("\n")}\n`,
  });
  const model = (by: readonly string[], seed: number) =>
    spec({ train: source("all.csv"), split: { by, fraction: 0.6, rest: "test", seed } }, [
      numeric("x"),
      categorical("user"),
    ]);

  /** Only by the page's words. */
  const trains = (seed: number, keys: readonly string[]): boolean => {
    const digest = createHash("md5")
      .update([String(seed), ...keys.map((key) => (key === "" ? "\u001e" : key))].join("\u001f"))
      .digest();
    return Number(digest.readBigUInt64LE(8)) / 2 ** 64 < 0.6;
  };

  const cases = [
    { by: ["user"], seed: 0 },
    { by: ["user", "day"], seed: 12 },
    { by: [], seed: 3 },
  ] as const;
  it.each(cases)("by $by, seed $seed", async ({ by, seed }) => {
    const { train } = await openIn(folder, model(by, seed));
    const expected = users.flatMap((user, i) => {
      const values: Readonly<Record<string, string>> = { user, day: String(i % 7) };
      const keys = by.length === 0 ? [String(i)] : by.map((name) => values[name] ?? "");
      return trains(seed, keys) ? [i] : [];
    });
    expect(rowsOf(train).map(({ numbers: [x] }) => x)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(80);
  });
});
