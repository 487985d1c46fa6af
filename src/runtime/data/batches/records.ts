/**
 * How an encoded row lies in memory and on disk: words of 32 bits, little-endian — ids (int32), numbers, labels (float32,
 * NaN where null), the sample weight — one row after the other.
 */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { EncodedBatch } from "./dataset.js";

/** Some rows as words; both views are of the same memory. */
export interface Records {
  readonly words: Int32Array;
  readonly floats: Float32Array;
}

export function createRecords(layout: BatchLayout, rows: number): Records {
  return viewRecords(new ArrayBuffer(rows * recordBytes(layout)));
}

/** In memory that threads share. */
export function createSharedRecords(layout: BatchLayout, rows: number): Records {
  return viewRecords(new SharedArrayBuffer(rows * recordBytes(layout)));
}

export function viewRecords(buffer: ArrayBufferLike): Records {
  return { words: new Int32Array(buffer), floats: new Float32Array(buffer) };
}

/** Words of a row. */
export function recordWords(layout: BatchLayout): number {
  return layout.idWidth + layout.numberWidth + layout.labels.length + 1;
}

export function recordBytes(layout: BatchLayout): number {
  return recordWords(layout) * 4;
}

/** First words of the parts of a row. */
export function recordOffsets(layout: BatchLayout): {
  readonly numbers: number;
  readonly labels: number;
  readonly weight: number;
} {
  const labels = layout.idWidth + layout.numberWidth;
  return { numbers: layout.idWidth, labels, weight: labels + layout.labels.length };
}

/** Arrays for a batch of `size` rows. */
export function createBatch(layout: BatchLayout, size: number): EncodedBatch {
  return batchOver(new ArrayBuffer(batchBytes(layout, size)), layout, size);
}

/** Bytes of the arrays of a batch. */
export function batchBytes({ idWidth, numberWidth, labels }: BatchLayout, size: number): number {
  return 4 * size * (idWidth + numberWidth + 2 * labels.length + 1);
}

/** The arrays of a batch, one after another from the begin of the memory. */
export function batchOver(buffer: ArrayBufferLike, layout: BatchLayout, size: number): EncodedBatch {
  const { idWidth, numberWidth, labels } = layout;
  const ids = new Int32Array(buffer, 0, size * idWidth);
  let at = ids.byteLength;
  const floats = (width: number): Float32Array => {
    const made = new Float32Array(buffer, at, size * width);
    at += made.byteLength;
    return made;
  };
  const [numbers, values, known, weights] = [
    floats(numberWidth),
    floats(labels.length),
    floats(labels.length),
    floats(1),
  ];
  return { rows: size, size, ids, numbers, labels: values, known, weights };
}

/** Rows [from, from + count) of a batch as a batch, over the same memory. */
export function rowsOfBatch(batch: EncodedBatch, layout: BatchLayout, from: number, count: number): EncodedBatch {
  const part = <A extends Int32Array | Float32Array>(array: A, width: number): A =>
    array.subarray(from * width, (from + count) * width) as A;
  return {
    rows: count,
    size: count,
    ids: part(batch.ids, layout.idWidth),
    numbers: part(batch.numbers, layout.numberWidth),
    labels: part(batch.labels, layout.labels.length),
    known: part(batch.known, layout.labels.length),
    weights: part(batch.weights, 1),
  };
}

/** Copies a batch into rows [at, at + its size) of another. */
export function copyBatch(source: EncodedBatch, layout: BatchLayout, batch: EncodedBatch, at: number): void {
  batch.ids.set(source.ids, at * layout.idWidth);
  batch.numbers.set(source.numbers, at * layout.numberWidth);
  batch.labels.set(source.labels, at * layout.labels.length);
  batch.known.set(source.known, at * layout.labels.length);
  batch.weights.set(source.weights, at);
}

/** The first rows of a batch as a batch, over the same memory. */
export function cutBatch(batch: EncodedBatch, layout: BatchLayout, size: number): EncodedBatch {
  return rowsOfBatch(batch, layout, 0, size);
}

/** Copies the records whose indices are `rows[from, from + count)` into rows `[at, at + count)` of a batch. */
export function copyRecords(
  source: Records,
  layout: BatchLayout,
  rows: Int32Array,
  from: number,
  count: number,
  batch: EncodedBatch,
  at: number,
): void {
  const { words, floats } = source;
  const { ids, numbers, labels, known, weights } = batch;
  const { idWidth, numberWidth } = layout;
  const labelWidth = layout.labels.length;
  const stride = recordWords(layout);
  let id = at * idWidth;
  let number = at * numberWidth;
  let label = at * labelWidth;
  for (let i = 0; i < count; i++) {
    let word = rows[from + i]! * stride;
    for (const end = word + idWidth; word < end; word++) ids[id++] = words[word]!;
    for (const end = word + numberWidth; word < end; word++) numbers[number++] = floats[word]!;
    for (const end = word + labelWidth; word < end; word++) {
      const value = floats[word]!;
      const isKnown = value === value;
      labels[label] = isKnown ? value : 0;
      known[label++] = isKnown ? 1 : 0;
    }
    weights[at + i] = floats[word]!;
  }
}

/** Makes rows `[from, batch.size)` padding: ids −1, which stand for no row of a table, and weight 0. */
export function padBatch(batch: EncodedBatch, layout: BatchLayout, from: number): void {
  const { size } = batch;
  batch.ids.fill(-1, from * layout.idWidth, size * layout.idWidth);
  batch.numbers.fill(0, from * layout.numberWidth, size * layout.numberWidth);
  batch.labels.fill(0, from * layout.labels.length, size * layout.labels.length);
  batch.known.fill(0, from * layout.labels.length, size * layout.labels.length);
  batch.weights.fill(0, from, size);
}

/** Some batches as one, row after row. */
export function joinBatches(batches: readonly EncodedBatch[], layout: BatchLayout): EncodedBatch {
  const [first] = batches;
  if (batches.length === 1 && first !== undefined) return first;
  const joined = createBatch(
    layout,
    batches.reduce((rows, { size }) => rows + size, 0),
  );
  let at = 0;
  for (const batch of batches) {
    copyBatch(batch, layout, joined, at);
    at += batch.size;
  }
  return joined;
}
