import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyTable, type RankInput } from "../../src/compiler/ranking/index.js";
import { keyTableOf, keyText } from "../../src/compiler/ranking/list/key-tables.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";

// Long texts that differ only in their middle meet in one place of the table.
const value = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((number) => `v${number}`),
  fc
    .integer({ min: 0, max: 200 })
    .map((number) => `${"a".repeat(12)}${String(number).padStart(3, "0")}${"b".repeat(12)}`),
  fc.integer({ min: -2, max: 3 }),
  fc.boolean(),
);
const rows = fc.array(fc.oneof(value, fc.constant(undefined), fc.array(value, { maxLength: 40 })), { maxLength: 30 });

describe("a table of keys", () => {
  it("numbers values as they first appear; of a candidate they ascend, each once", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { offsets, numbers, valueCount, values } = createKeyTable(given);
        const lists = given.map((row) => (typeof row === "object" ? row : row === undefined ? [] : [row]));
        expect(values()).toEqual([...new Set(lists.flat())]);
        expect(valueCount).toBe(values().length);
        lists.forEach((list, i) => {
          const own = [...new Set(list)].map((each) => values().indexOf(each)).sort((a, b) => a - b);
          expect([...numbers.subarray(offsets[i], offsets[i + 1])]).toEqual(own);
        });
        expect(numbers.length).toBe(offsets[given.length]);
      }),
    );
  });

  it("numbers as many texts as there are rows, whether they meet in its places or not", () => {
    for (const textOf of [(i: number) => `${i}`, (i: number) => `${"x".repeat(20)}${10_000 + i}${"y".repeat(20)}`]) {
      const texts = Array.from({ length: 5000 }, (_, i) => textOf(Math.floor(i / 2)));
      const { numbers, valueCount } = createKeyTable([texts, ...texts]);
      expect(valueCount).toBe(2500);
      expect([...numbers.subarray(2500)]).toEqual(texts.map((_, i) => Math.floor(i / 2)));
    }
  });

  it("names values as JSON does", () => {
    const any = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.double(), fc.boolean());
    fc.assert(
      fc.property(any, any, (one, other) => {
        beginScratch();
        expect(keyText(["a"], one)).toBe(JSON.stringify([one]));
        const tables = [createKeyTable([one]), createKeyTable([other])];
        const input = { ids: ["0"], tuples: new Map(), key: (name: string) => tables[Number(name)] };
        const { valueOf } = keyTableOf(input as unknown as RankInput, ["0", "1"]);
        expect(keyText(["0", "1"], valueOf(0))).toBe(JSON.stringify([one, other]));
      }),
    );
    expect(keyText(["a"], 'a"b\\c\n\ud800é')).toBe(JSON.stringify(['a"b\\c\n\ud800é']));
  });
});

describe("a table of keys of several parts", () => {
  // Few combinations are looked up in a table, many by a hash; three parts of 45 values are many.
  it.each([3, 45, 20_000])("numbers tuples as they first appear, %d values a part", (most) => {
    const part = fc.oneof(
      { weight: 8, arbitrary: fc.nat({ max: most - 1 }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part, part), { minLength: 1, maxLength: 200 }), (given) => {
        // Every value of a part has a number, whether a candidate has it or not.
        const all = [...given, ...Array.from({ length: most }, (_, i) => [i, i, i] as const)];
        const tables = [0, 1, 2].map((at) => createKeyTable(all.map((row) => row[at])));
        const input = {
          ids: all.map((_, i) => String(i)),
          tuples: new Map(),
          key: (name: string) => tables[Number(name)],
        } as unknown as RankInput;
        const { offsets, numbers, valueCount, valueOf } = keyTableOf(input, ["0", "1", "2"]);
        const seen = new Map<string, number>();
        all.forEach((row, i) => {
          const own = numbers.subarray(offsets[i], offsets[i + 1]);
          if (row.some((each) => each === undefined)) return expect(own).toHaveLength(0);
          const text = JSON.stringify(row);
          if (!seen.has(text)) seen.set(text, seen.size);
          expect([...own]).toEqual([seen.get(text)]);
          return expect(valueOf(own[0] ?? -1)).toBe(text);
        });
        expect(valueCount).toBe(seen.size);
      }),
      { numRuns: most > 1000 ? 5 : 100 },
    );
  });
});
