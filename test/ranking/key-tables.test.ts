import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyTable } from "../../src/compiler/ranking/index.js";

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
