/** The values of a column of plain lines as entries, and as the vector of a query. */
import { blockRows, type LineBlock } from "../../files/plain-lines.js";
import type { ColumnVector, SpelledAhead } from "../vectors.js";
import type { TextOfBytes } from "./known-texts.js";
import { entryWords, shortBytes, shortText } from "./short-texts.js";

/** Which bits of each of the three words a text of so many bytes has. */
const [aMask, bMask, cMask] = [maskFrom(0), maskFrom(4), maskFrom(8)];

function maskFrom(first: number): Int32Array {
  return Int32Array.from({ length: shortBytes + 1 }, (_, length) => {
    const bytes = Math.min(4, Math.max(0, length - first));
    return bytes === 4 ? -1 : (1 << (8 * bytes)) - 1;
  });
}

/** Puts the entries of a column of a block into `entries`; that of a long text has where it begins. True where there is such a text. */
export function fillEntries(block: LineBlock, column: number, entries: Int32Array): boolean {
  const { rows, bytes, start: first, ends, gap, columns, kernels } = block;
  if (kernels !== undefined) {
    const isLong = kernels.fillEntries(column, first, gap, rows);
    entries.set(rows === blockRows ? kernels.entries : kernels.entries.subarray(0, rows * entryWords));
    return isLong;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const before = column === 0 ? 1 : gap;
  let hasLong = false;
  for (let row = 0, at = 0, value = column; row < rows; row++, at += entryWords, value += columns) {
    const start = value === 0 ? first : ends[value - 1]! + before;
    const length = ends[value]! - start;
    entries[at] = length;
    if (length > shortBytes) {
      entries[at + 1] = start;
      hasLong = true;
      continue;
    }
    entries[at + 1] = view.getInt32(start, true) & aMask[length]!;
    entries[at + 2] = view.getInt32(start + 4, true) & bMask[length]!;
    entries[at + 3] = view.getInt32(start + 8, true) & cMask[length]!;
  }
  return hasLong;
}

/** Entries as a vector; `bytes` are those in which long texts are now, and `textOf` makes them of a part of these. */
export function textVector(
  entries: Int32Array,
  bytes: () => Buffer,
  textOf: TextOfBytes,
  ahead?: SpelledAhead,
): ColumnVector & { readonly dataView: DataView } {
  return {
    ...(ahead === undefined ? {} : { ahead }),
    type: { toString: () => "VARCHAR" },
    dataView: new DataView(entries.buffer, entries.byteOffset, entries.byteLength),
    getItem: (row) => {
      const at = row * entryWords;
      const length = entries[at]!;
      if (length <= shortBytes) return shortText(entries[at + 1]!, entries[at + 2]!, entries[at + 3]!, length);
      return textOf(bytes(), entries[at + 1]!, length);
    },
  };
}
