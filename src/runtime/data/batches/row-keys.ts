/** A number for each row that equal rows share, and hardly any others: a hash of 53 bits of what a batch has of it — ids, numbers, labels, which of these are known, and the weight. */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { EncodedBatch } from "./dataset.js";
import { hashFactor, hashSeeds, hashShift, type Mixed, type RowKernels } from "../kernels/index.js";
import type { RecordColumns } from "./record-columns.js";
import { recordOffsets } from "./records.js";

/** Rows of which keys are kept while they are written; of more rows none are. */
export const keyedRows = 1_000_000;

/** Keys of rows in the order in which they come. */
export interface RowKeys {
  /** Takes the next rows. */
  add(columns: RecordColumns, rows: number): void;
  /** Of all rows; undefined where they are more than {@link keyedRows}. */
  all(): Float64Array | undefined;
}

export function createRowKeys(layout: BatchLayout): RowKeys {
  let chunks: Float64Array[] | undefined = [];
  let rows = 0;
  return {
    add: (columns, count) => {
      rows += count;
      if (rows > keyedRows) chunks = undefined;
      chunks?.push(keysOfColumns(columns, layout, count));
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
  return keysOf(hashes, rows);
}

/** Those of the same rows by their columns. */
function keysOfColumns(columns: RecordColumns, layout: BatchLayout, rows: number): Float64Array {
  const { labels, weight } = recordOffsets(layout);
  const { hashes, mix } =
    columns.kernels === undefined ? mixHere(columns, rows) : mixBy(columns.kernels, columns, rows);
  for (let word = 0; word < labels; word++) mix(word, "words", word);
  // A batch has a null as two numbers: 0, and that it is not known.
  for (let word = labels; word < weight; word++) mix(word - labels, "values", word);
  for (let word = labels; word < weight; word++) mix(word - labels, "known", word);
  mix(0, "words", weight);
  return keysOf(hashes, rows);
}

interface Mixing {
  readonly hashes: Hashes;
  /** Takes a word of each row into its hashes, where the words of its part before it are `before`. */
  readonly mix: (before: number, what: Mixed, word: number) => void;
}

function mixBy(kernels: RowKernels, { step }: RecordColumns, rows: number): Mixing {
  return {
    hashes: kernels.resetHashes(rows),
    mix: (before, what, word) => kernels.mix(before % 2 === 1, what, word, rows, step),
  };
}

function mixHere({ records: { words, floats }, step }: RecordColumns, rows: number): Mixing {
  const hashes = createHashes(rows);
  const columnAs = (what: Mixed, first: number): Int32Array => {
    if (what === "words") return words.subarray(first, first + rows);
    const numbers = floats.slice(first, first + rows);
    for (let row = 0; row < rows; row++) {
      const value = numbers[row]!;
      if (value !== value) numbers[row] = 0;
      else if (what === "known") numbers[row] = 1;
    }
    return bitsOf(numbers);
  };
  return {
    hashes,
    mix: (before, what, word) => {
      const hash = before % 2 === 1 ? hashes.b : hashes.a;
      const column = columnAs(what, word * step);
      for (let row = 0; row < rows; row++) {
        const mixed = Math.imul(hash[row]! ^ column[row]!, hashFactor);
        hash[row] = mixed ^ (mixed >>> hashShift);
      }
    },
  };
}

/** Two hashes of 32 bits of each row so far. */
interface Hashes {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

function createHashes(rows: number): Hashes {
  return { a: new Int32Array(rows).fill(hashSeeds[0]), b: new Int32Array(rows).fill(hashSeeds[1]) };
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
      a = Math.imul(a ^ words[at]!, hashFactor);
      b = Math.imul(b ^ words[at + 1]!, hashFactor);
      a ^= a >>> hashShift;
      b ^= b >>> hashShift;
    }
    if (at < end) {
      a = Math.imul(a ^ words[at]!, hashFactor);
      a ^= a >>> hashShift;
    }
    evens[row] = a;
    odds[row] = b;
  }
}

function keysOf({ a, b }: Hashes, rows: number): Float64Array {
  const keys = new Float64Array(rows);
  for (let row = 0; row < rows; row++) keys[row] = (a[row]! >>> 0) * 2 ** 21 + (b[row]! >>> 11);
  return keys;
}

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}
