/** Columns of encoded rows become records, whatever their number. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { BatchLayout } from "../../src/compiler/model/layout.js";
import { createRecordMaker } from "../../src/runtime/data/batches/record-columns.js";
import { recordWords } from "../../src/runtime/data/batches/records.js";

it("are rows, block after block", () => {
  const blocks = fc.array(fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(2047, 2048, 2100)), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), fc.nat(3), blocks, (ids, numbers, labels, sizes) => {
      const layout: BatchLayout = {
        ids: [],
        numbers: [],
        labels: Array.from({ length: labels }, (_, i) => `y${i}`),
        idWidth: ids,
        numberWidth: numbers,
      };
      const width = recordWords(layout);
      const maker = createRecordMaker(layout);
      for (const [block, rows] of sizes.entries()) {
        const columns = maker.columns(rows);
        const { records, step } = columns;
        const wordOf = (row: number, word: number): number => (block + 1) * 1_000_000 + row * 100 + word;
        for (let word = 0; word < width; word++)
          for (let row = 0; row < rows; row++) records.words[word * step + row] = wordOf(row, word);
        const { words } = maker.records(columns, rows);
        const wanted = Array.from({ length: rows * width }, (_, at) => wordOf(Math.floor(at / width), at % width));
        expect(words.subarray(0, rows * width)).toEqual(Int32Array.from(wanted));
      }
    }),
  );
});
