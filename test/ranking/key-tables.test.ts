import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyTable, type RankInput } from "../../src/compiler/ranking/index.js";
import { keyTableOf } from "../../src/compiler/ranking/list/key-tables.js";

const value = fc.integer({ min: 0, max: 30 }).map((number) => `v${number}`);
const rows = fc.array(fc.oneof(value, fc.constant(undefined), fc.array(value, { maxLength: 40 })), { maxLength: 30 });

describe("a table of keys", () => {
  it("numbers values as they first appear; of a candidate they ascend, each once", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { offsets, numbers, valueCount, values } = createKeyTable(given);
        const lists = given.map((row) => (typeof row === "string" ? [row] : (row ?? [])));
        expect(values()).toEqual([...new Set(lists.flat())]);
        expect(valueCount).toBe(values().length);
        lists.forEach((list, i) => {
          const own = [...new Set(list)].map((text) => values().indexOf(text)).sort((a, b) => a - b);
          expect([...numbers.subarray(offsets[i], offsets[i + 1])]).toEqual(own);
        });
        expect(numbers.length).toBe(offsets[given.length]);
      }),
    );
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
