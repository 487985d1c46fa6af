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
  const samples = [measured, train].map((dataset) => wordsOf(sampleRows(dataset, soughtRows), dataset));
  const [sought, own] = samples.map(keysOf) as [Float64Array, Float64Array];
  const counts = new Map([...sought, ...own].map((key) => [key, 0]));
  const marked = new Uint8Array(2 ** 16);
  for (const words of samples) for (const mark of marksOf(words)) marked[mark] = 1;
  for (const batch of train.batches({ size: 4096, pad: false })) {
    const words = wordsOf(batch, train);
    const marks = marksOf(words);
    for (let row = 0; row < marks.length; row++) {
      if (marked[marks[row]!] === 0) continue;
      const key = keyOf(words, row);
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

function shareOf(keys: Float64Array, holds: (key: number) => boolean): number {
  return keys.filter(holds).length / Math.max(1, keys.length);
}

/** The words of the rows of a batch as they are encoded: ids, numbers, labels and weight, each with the number of words of a row. */
interface RowWords {
  readonly rows: number;
  readonly parts: readonly (readonly [words: Int32Array, width: number])[];
}

function wordsOf(batch: EncodedBatch, { layout }: Dataset): RowWords {
  const bits = (values: Float32Array): Int32Array => new Int32Array(values.buffer, values.byteOffset, values.length);
  return {
    rows: batch.rows,
    parts: [
      [batch.ids, layout.idWidth],
      [bits(batch.numbers), layout.numberWidth],
      [bits(batch.labels), layout.labels.length],
      [bits(batch.known), layout.labels.length],
      [bits(batch.weights), 1],
    ],
  };
}

/** Words of a row that are enough to tell it from most others. */
const markedWords = 6;

/** 16 bits of each row, made of its first words: most rows that are not looked for are told by them, for a fifth of what their keys take. */
function marksOf({ rows, parts }: RowWords): Uint16Array {
  const found = new Int32Array(rows);
  let left = markedWords;
  for (const [words, width] of parts) {
    const count = Math.min(left, width);
    left -= count;
    for (let row = 0, at = 0; count > 0 && row < rows; row++, at += width) {
      let mark = found[row]!;
      for (let i = at; i < at + count; i++) {
        mark = Math.imul(mark ^ words[i]!, 0xcc9e2d51);
        mark ^= mark >>> 15;
      }
      found[row] = mark;
    }
  }
  const marks = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) marks[row] = found[row]! >>> 16;
  return marks;
}

function keysOf(words: RowWords): Float64Array {
  return Float64Array.from({ length: words.rows }, (_, row) => keyOf(words, row));
}

/** A hash of 53 bits of all words of a row. */
function keyOf({ parts }: RowWords, row: number): number {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (const [words, width] of parts)
    for (let at = row * width; at < (row + 1) * width; at++) {
      const word = words[at]!;
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a ^= a >>> 15;
      b = Math.imul(b ^ word, 0x1b873593) + a;
      b ^= b >>> 13;
    }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}
