/**
 * Texts of at most 12 bytes as DuckDB holds them: an entry of four words has the length of a text in bytes and, where they have room, the bytes
 * themselves, zeros after them. So a short text is read, compared and looked up without a string of it.
 */
import type { ColumnVector } from "../vectors.js";

/** Words of an entry: the length, then the bytes. */
export const entryWords = 4;
/** A longer text is elsewhere; its entry has where. */
export const shortBytes = 12;

/** SQL of a text that {@link textEntriesOf} reads: the empty text stands for null, which it means everywhere. */
export function entrySql(sql: string): string {
  return `coalesce(${sql}, '')`;
}

/** The entries of a VARCHAR column, {@link entryWords} for each row. */
export function textEntriesOf(vector: ColumnVector): Int32Array {
  const view = "dataView" in vector ? vector.dataView : undefined;
  if (!(view instanceof DataView)) throw new Error(`a column of type ${vector.type.toString()} came where texts were`);
  return new Int32Array(view.buffer, view.byteOffset, view.byteLength >> 2);
}

const scratch = Buffer.alloc(shortBytes);
const scratchWords = new Int32Array(scratch.buffer, scratch.byteOffset, shortBytes >> 2);
const notAscii = 0x80808080 | 0;

/** The text of three words of bytes. */
export function shortText(a: number, b: number, c: number, length: number): string {
  scratchWords[0] = a;
  scratchWords[1] = b;
  scratchWords[2] = c;
  return scratch.toString(((a | b | c) & notAscii) === 0 ? "latin1" : "utf8", 0, length);
}

/** The three words of a text's bytes in `words`, which the next call changes. */
export interface PackedText {
  readonly words: Int32Array;
  /** In bytes; above {@link shortBytes} the words say nothing. */
  readonly length: number;
}

/** The reverse of {@link shortText}. */
export function packText(text: string): PackedText {
  const { length } = text;
  scratchWords.fill(0);
  if (length > shortBytes) return { words: scratchWords, length };
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return packUtf8(text);
    scratch[i] = code;
  }
  return { words: scratchWords, length };
}

function packUtf8(text: string): PackedText {
  const bytes = Buffer.from(text, "utf8");
  scratchWords.fill(0);
  bytes.copy(scratch);
  return { words: scratchWords, length: bytes.length };
}
