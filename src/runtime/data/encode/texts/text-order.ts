/** The order of short texts by their bytes, which is that of their code points, and DuckDB's. */
import { entryWords, shortBytes } from "./short-texts.js";

/** Places of `count` entries, ordered by their texts: by one byte after another from the last, of which all are the same beyond the longest text. */
export function orderOfTexts(entries: Int32Array, count: number): Int32Array {
  const bytes = new Uint8Array(entries.buffer, entries.byteOffset, count * entryWords * 4);
  let order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let other = new Int32Array(count);
  const starts = new Int32Array(257);
  // The length last, so that it is looked at first: a text comes before the same one with zeros after it.
  for (const byte of [0, ...Array.from({ length: shortBytes }, (_, i) => 4 + shortBytes - 1 - i)]) {
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[bytes[i * 16 + byte]! + 1]! += 1;
    if (starts.includes(count)) continue;
    for (let value = 0; value < 256; value++) starts[value + 1]! += starts[value]!;
    for (let i = 0; i < count; i++) {
      const place = order[i]!;
      other[starts[bytes[place * 16 + byte]!]!++] = place;
    }
    [order, other] = [other, order];
  }
  return order;
}
