/** A number for each row that equal rows share, and hardly any others: a hash of 53 bits of what a batch has of it — ids, numbers, labels, which of these are known, and the weight. */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { EncodedBatch } from "./dataset.js";
import { recordOffsets, type Records, recordWords } from "./records.js";

/** Rows of which keys are kept while they are written; of more rows none are. */
export const keyedRows = 1_000_000;

/** Keys of rows in the order in which they come. */
export interface RowKeys {
  /** Takes the next rows. */
  add(records: Records, rows: number): void;
  /** Of all rows; undefined where they are more than {@link keyedRows}. */
  all(): Float64Array | undefined;
}

export function createRowKeys(layout: BatchLayout): RowKeys {
  let chunks: Float64Array[] | undefined = [];
  let rows = 0;
  return {
    add: (records, count) => {
      rows += count;
      if (rows > keyedRows) chunks = undefined;
      chunks?.push(keysOfRecords(records, layout, count));
    },
    all: () => {
      if (chunks === undefined) return undefined;
      const keys = new Float64Array(rows);
      let at = 0;
      for (const chunk of chunks) {
        keys.set(chunk, at);
        at += chunk.length;
      }
      return keys;
    },
  };
}

/** The keys of the rows of a batch. */
export function keysOfBatch(
  { rows, ids, numbers, labels, known, weights }: EncodedBatch,
  { idWidth, numberWidth, labels: { length: labelWidth } }: BatchLayout,
): Float64Array {
  const hashes = createHashes(rows);
  mix(hashes, ids, { first: 0, stride: idWidth, width: idWidth });
  mix(hashes, bitsOf(numbers), { first: 0, stride: numberWidth, width: numberWidth, before: idWidth });
  for (const part of [labels, known]) mix(hashes, bitsOf(part), { first: 0, stride: labelWidth, width: labelWidth });
  mix(hashes, bitsOf(weights), { first: 0, stride: 1, width: 1 });
  return keysOf(hashes);
}

/** Those of the same rows in a batch. */
function keysOfRecords({ words, floats }: Records, layout: BatchLayout, rows: number): Float64Array {
  const stride = recordWords(layout);
  const { labels, weight } = recordOffsets(layout);
  const width = weight - labels;
  // A batch has a null as two numbers: 0, and that it is not known.
  const [values, known] = [new Float32Array(rows * width), new Float32Array(rows * width)];
  for (let row = 0, at = 0; row < rows; row++)
    for (let word = row * stride + labels, end = word + width; word < end; word++, at++) {
      const value = floats[word]!;
      if (value !== value) continue;
      values[at] = value;
      known[at] = 1;
    }
  const hashes = createHashes(rows);
  mix(hashes, words, { first: 0, stride, width: labels });
  for (const part of [values, known]) mix(hashes, bitsOf(part), { first: 0, stride: width, width });
  mix(hashes, words, { first: weight, stride, width: 1 });
  return keysOf(hashes);
}

/** Two hashes of 32 bits of each row so far. */
interface Hashes {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

function createHashes(rows: number): Hashes {
  return { a: new Int32Array(rows).fill(0x9e3779b9), b: new Int32Array(rows).fill(0x85ebca6b) };
}

/** Where the words of a part of the rows are. */
interface Part {
  readonly first: number;
  readonly stride: number;
  readonly width: number;
  /** Words of the row that came right before these, with which they are one run. Default 0. */
  readonly before?: number;
}

/**
 * Takes the words of a part of each row into its hashes, every second word into the one and the others into the other: neither waits
 * for the other, which is half of the time.
 */
function mix(hashes: Hashes, words: Int32Array, { first, stride, width, before = 0 }: Part): void {
  const isOdd = before % 2 === 1;
  const [evens, odds] = isOdd ? [hashes.b, hashes.a] : [hashes.a, hashes.b];
  for (let row = 0, from = first; row < evens.length; row++, from += stride) {
    let a = evens[row]!;
    let b = odds[row]!;
    const end = from + width;
    let at = from;
    for (; at + 1 < end; at += 2) {
      a = Math.imul(a ^ words[at]!, 0xcc9e2d51);
      b = Math.imul(b ^ words[at + 1]!, 0xcc9e2d51);
      a ^= a >>> 15;
      b ^= b >>> 15;
    }
    if (at < end) {
      a = Math.imul(a ^ words[at]!, 0xcc9e2d51);
      a ^= a >>> 15;
    }
    evens[row] = a;
    odds[row] = b;
  }
}

function keysOf({ a, b }: Hashes): Float64Array {
  const keys = new Float64Array(a.length);
  for (let row = 0; row < keys.length; row++) keys[row] = (a[row]! >>> 0) * 2 ** 21 + (b[row]! >>> 11);
  return keys;
}

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
