/** Rows that are measured on and were trained on. */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { noLocation } from "../../failure.js";
import type { Dataset, EncodedBatch } from "../../data/index.js";
import { sampleRows } from "./sample.js";
import { roleWord } from "./space-counts.js";

type MeasuredRole = "validation" | "test";

/** Rows of each side that are looked for among the training rows. */
const soughtRows = 2000;
/** Training data of more rows is not searched: the search reads all of it. */
const searchedRows = 1_000_000;
/** Fewer rows may meet by chance. */
const fewestRows = 20;

/**
 * A warning (MTL7145) when at least half of the rows of a role are among the training rows, label and all, and training
 * rows do so among each other at most half as often: data of few columns repeats its rows by nature.
 */
export function warnOfOverlap(role: MeasuredRole, measured: Dataset, train: Dataset): readonly Diagnostic[] {
  if (train.rows > searchedRows || measured.rows < fewestRows || train.rows < fewestRows) return [];
  const sought = keysOf(sampleRows(measured, soughtRows), measured);
  const own = keysOf(sampleRows(train, soughtRows), train);
  const counts = new Map([...sought, ...own].map((key) => [key, 0]));
  const isSought = keyFilter(counts.keys());
  for (const batch of train.batches({ size: 4096, pad: false })) {
    const keys = keysOf(batch, train);
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row]!;
      if (!isSought(key)) continue;
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
    }
  }
  const share = shareOf(sought, (key) => (counts.get(key) ?? 0) > 0);
  const repeated = shareOf(own, (key) => (counts.get(key) ?? 0) > 1);
  if (share < 0.5 || repeated > share / 2) return [];
  return [
    createDiagnostic("MTL7145", { role: roleWord(role), share, repeated }, noLocation(), {
      help: "what is measured on rows that were trained on says nothing of other rows",
    }),
  ];
}

/** Says of most other keys that they are none of these, for a tenth of what a map takes to find out. */
function keyFilter(keys: Iterable<number>): (key: number) => boolean {
  const marked = new Uint8Array(2 ** 16);
  // The first 16 of the 53 bits of a key.
  const placeOf = (key: number): number => Math.floor(key / 2 ** 37);
  for (const key of keys) marked[placeOf(key)] = 1;
  return (key) => marked[placeOf(key)] === 1;
}

function shareOf(keys: Float64Array, holds: (key: number) => boolean): number {
  return keys.filter(holds).length / Math.max(1, keys.length);
}

/** A hash of each row as it is encoded: ids, numbers, labels and weight. */
function keysOf(batch: EncodedBatch, { layout }: Dataset): Float64Array {
  const bits = (values: Float32Array): Int32Array => new Int32Array(values.buffer, values.byteOffset, values.length);
  const parts: readonly (readonly [Int32Array, number])[] = [
    [batch.ids, layout.idWidth],
    [bits(batch.numbers), layout.numberWidth],
    [bits(batch.labels), layout.labels.length],
    [bits(batch.known), layout.labels.length],
    [bits(batch.weights), 1],
  ];
  const first = new Int32Array(batch.rows).fill(0x9e3779b9);
  const second = new Int32Array(batch.rows).fill(0x85ebca6b);
  for (const [values, width] of parts)
    for (let row = 0, at = 0; row < batch.rows; row++) {
      let a = first[row]!;
      let b = second[row]!;
      for (let i = 0; i < width; i++, at++) {
        const word = values[at]!;
        a = Math.imul(a ^ word, 0xcc9e2d51);
        a ^= a >>> 15;
        b = Math.imul(b ^ word, 0x1b873593) + a;
        b ^= b >>> 13;
      }
      first[row] = a;
      second[row] = b;
    }
  const keys = new Float64Array(batch.rows);
  for (let row = 0; row < batch.rows; row++) keys[row] = (first[row]! >>> 0) * 2 ** 21 + (second[row]! >>> 11);
  return keys;
}
