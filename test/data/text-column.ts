/** Columns of texts as queries give them. */
import { entryWords, packText, shortBytes } from "../../src/runtime/data/encode/texts/short-texts.js";
import { textVector } from "../../src/runtime/data/encode/texts/text-entries.js";
import type { ColumnVector } from "../../src/runtime/data/encode/vectors.js";

export function entriesOf(texts: readonly string[]): Int32Array {
  const entries = new Int32Array(texts.length * entryWords);
  for (const [i, text] of texts.entries()) {
    const { words, length } = packText(text);
    entries.set([length, ...(length > shortBytes ? [] : words)], i * entryWords);
  }
  return entries;
}

export function textColumn(texts: readonly string[]): ColumnVector {
  const vector = textVector(
    entriesOf(texts),
    () => Buffer.alloc(0),
    () => "",
  );
  return { ...vector, getItem: (row) => texts[row] ?? null };
}
