/** Keys of rows: those of a batch are those of the same rows as they are stored. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { BatchLayout } from "../../src/compiler/model/layout.js";
import { createRecordColumns, type RecordColumns } from "../../src/runtime/data/batches/record-columns.js";
import {
  copyRecords,
  createBatch,
  createRecords,
  type Records,
  recordWords,
} from "../../src/runtime/data/batches/records.js";
import { createRowKeys, keyedRows, keysOfBatch } from "../../src/runtime/data/batches/row-keys.js";

const layoutOf = (ids: number, numbers: number, labels: number): BatchLayout => ({
  ids: [],
  numbers: [],
  labels: Array.from({ length: labels }, (_, i) => `y${i}`),
  idWidth: ids,
  numberWidth: numbers,
});
const word = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0x7fc00000));

/** Stored rows of random words; labels are numbers or null, as they are written. */
const stored = fc
  .tuple(fc.nat(5), fc.nat(4), fc.nat(3), fc.integer({ min: 1, max: 9 }))
  .chain(([ids, numbers, labels, rows]) => {
    const layout = layoutOf(ids, numbers, labels);
    const width = recordWords(layout);
    return fc.array(word, { minLength: rows * width, maxLength: rows * width }).map((words) => {
      const records = createRecords(layout, rows);
      records.words.set(words);
      // Words after the ids are numbers, and NaN has one form there.
      for (let row = 0; row < rows; row++)
        for (let at = row * width + ids; at < (row + 1) * width; at++)
          if (Number.isNaN(records.floats[at])) records.floats[at] = NaN;
      return { layout, records, rows };
    });
  });

/** Rows by their columns. */
function columnsOf({ words }: Records, layout: BatchLayout, rows: number): RecordColumns {
  const columns = createRecordColumns(layout, rows);
  const width = recordWords(layout);
  for (let row = 0; row < rows; row++)
    for (let word = 0; word < width; word++)
      columns.records.words[word * columns.step + row] = words[row * width + word]!;
  return columns;
}

it("are the same of a batch and of stored rows, in parts or at once", () => {
  fc.assert(
    fc.property(stored, fc.nat(9), ({ layout, records, rows }, cut) => {
      const batch = createBatch(layout, rows);
      copyRecords(
        records,
        layout,
        Int32Array.from({ length: rows }, (_, i) => i),
        0,
        rows,
        batch,
        0,
      );
      const expected = keysOfBatch(batch, layout);
      const [whole, parts] = [createRowKeys(layout), createRowKeys(layout)];
      whole.add(columnsOf(records, layout, rows), rows);
      expect(whole.all()).toEqual(expected);
      const first = Math.min(cut, rows);
      parts.add(columnsOf(records, layout, first), first);
      const rest = createRecords(layout, rows - first);
      rest.words.set(records.words.subarray(first * recordWords(layout)));
      parts.add(columnsOf(rest, layout, rows - first), rows - first);
      expect(parts.all()).toEqual(expected);
    }),
  );
});

it("differ where any word of a row does", () => {
  const layout = layoutOf(3, 2, 2);
  const width = recordWords(layout);
  const records = createRecords(layout, width + 1);
  records.floats.fill(1);
  for (let at = 0; at < width; at++) records.floats[(at + 1) * width + at] = at % 2 === 0 ? 2 : 0;
  const keys = createRowKeys(layout);
  keys.add(columnsOf(records, layout, width + 1), width + 1);
  expect(new Set(keys.all()).size).toBe(width + 1);
});

it("are not kept of more rows than are searched", () => {
  const layout = layoutOf(1, 0, 0);
  const keys = createRowKeys(layout);
  const columns = createRecordColumns(layout, keyedRows / 2 + 1);
  keys.add(columns, keyedRows / 2);
  expect(keys.all()?.length).toBe(keyedRows / 2);
  keys.add(columns, keyedRows / 2 + 1);
  expect(keys.all()).toBeUndefined();
});
