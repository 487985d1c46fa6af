/** Rows that the addon of the fused engine copies out of what is stored: the batch that JavaScript makes of them, bit by bit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchLayout } from "../../src/compiler/model/layout.js";
import type { EncodedBatch } from "../../src/runtime/data/index.js";
import {
  batchBytes,
  batchOver,
  copyRecords,
  recordWords,
  viewRecords,
} from "../../src/runtime/data/batches/records.js";
import { loadStepsAddon } from "../../src/runtime/engine/fused/addon.js";
import { fusedMissing } from "./engines.js";

const layoutOf = (idWidth: number, numberWidth: number, labels: number): BatchLayout => ({
  ids: [],
  numbers: [],
  labels: Array.from({ length: labels }, (_, i) => `y${i}`),
  idWidth,
  numberWidth,
});

const partsOf = ({ ids, numbers, labels, known, weights }: EncodedBatch): (Int32Array | Float32Array)[] => [
  ids,
  numbers,
  labels,
  known,
  weights,
];

const addon = loadStepsAddon()?.addon;

describe.skipIf(fusedMissing !== undefined)(`rows copied by the addon${fusedMissing ?? ""}`, () => {
  it("are those that JavaScript copies, in memory that threads share", () => {
    const stored = fc
      .tuple(fc.nat(5), fc.nat(40), fc.nat(3), fc.integer({ min: 1, max: 40 }))
      .chain(([ids, numbers, labels, rows]) => {
        const layout = layoutOf(ids, numbers, labels);
        const words = rows * recordWords(layout);
        return fc.record({
          layout: fc.constant(layout),
          values: fc.array(fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN)), { minLength: words, maxLength: words }),
          places: fc.array(fc.nat(rows - 1), { minLength: 1, maxLength: 60 }),
        });
      });
    fc.assert(
      fc.property(stored, ({ layout, values, places }) => {
        const records = viewRecords(new SharedArrayBuffer(values.length * 4));
        records.floats.set(values);
        const [expected, found] = [0, 1].map(() =>
          batchOver(new SharedArrayBuffer(batchBytes(layout, places.length)), layout, places.length),
        ) as [EncodedBatch, EncodedBatch];
        const order = Int32Array.from(places);
        copyRecords(records, layout, order, 0, order.length, expected, 0);
        addon!.arrange(records.words, order, partsOf(found));
        expect(partsOf(found).map((part) => new Int32Array(part.buffer, part.byteOffset, part.length))).toEqual(
          partsOf(expected).map((part) => new Int32Array(part.buffer, part.byteOffset, part.length)),
        );
      }),
    );
  });

  it.each([-1, 3, 2 ** 31 - 1])("throws for a place that is outside: %s of 3", (place) => {
    const layout = layoutOf(1, 0, 0);
    const batch = batchOver(new SharedArrayBuffer(batchBytes(layout, 1)), layout, 1);
    const records = viewRecords(new SharedArrayBuffer(3 * recordWords(layout) * 4));
    expect(() => addon!.arrange(records.words, Int32Array.of(place), partsOf(batch))).toThrow("there is no such row");
  });
});
