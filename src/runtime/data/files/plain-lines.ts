/**
 * Rows of delimited text whose lines are plain: no quotes, one byte that parts values, or with it a space, `\n` at the end, all values there, UTF-8. They are read without the
 * database, in a third of its time; whatever else a file holds is left to the database, and what is wrong with it to its messages.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isUrl } from "../../../compiler/text/index.js";
import { kernelRows, type LineKernels, openLineKernels } from "../kernels/index.js";
import type { FileSchema } from "./columns.js";
import { quoteOf } from "./schema.js";

/** A file that may have plain lines. */
export interface LineFile {
  readonly path: string;
  readonly delimiter: number;
  /** Whether a space after the delimiter is a part of it. */
  readonly isSpaced: boolean;
  /** Undefined where a quotation mark is a character as any other. */
  readonly quote: number | undefined;
  readonly hasHeader: boolean;
  /** In the order of a line. */
  readonly columns: readonly string[];
}

/** Thrown for what only the database reads. */
export class UnplainLines extends Error {
  override readonly name = "UnplainLines";
}

/** Some lines, whose values are between one end and the next; good until the next ones are asked for. */
export interface LineBlock {
  readonly rows: number;
  /** There are more than twelve behind the last value. */
  readonly bytes: Buffer;
  /** Where the first value begins. */
  readonly start: number;
  /** Where each value ends, exclusive, row after row; the first one of a row begins a byte after the last of the row before. */
  readonly ends: Int32Array;
  /** Bytes between two values of a row. */
  readonly gap: number;
  /** Values of a row. */
  readonly columns: number;
  /** Those in whose memory the bytes and ends are. */
  readonly kernels: LineKernels | undefined;
}

const spareBytes = 16;
export const blockRows = kernelRows;
/** Bytes of a read; a longer line is not plain. */
const readBytes = 1 << 20;
/** Bytes of the memory of a block at most. */
export const largestBlock = 2 * readBytes + spareBytes;
const [newline, carriageReturn, space] = [10, 13, 32];

/** The files of a source, where each may have plain lines. */
export function lineFiles(schemas: readonly FileSchema[]): readonly LineFile[] | undefined {
  const files = schemas.flatMap((schema) => lineFile(schema) ?? []);
  return files.length === schemas.length ? files : undefined;
}

function lineFile({ file, columns }: FileSchema): LineFile | undefined {
  const { format, path, readFrom, remote, options } = file;
  if ((format !== "csv" && format !== "tsv") || !/^[,;|\t] ?$/.test(options.delimiter)) return undefined;
  if (remote !== undefined || isUrl(path) || (readFrom === undefined && /\.(gz|zst)$/.test(path))) return undefined;
  return {
    path: readFrom ?? path,
    delimiter: options.delimiter.charCodeAt(0),
    isSpaced: options.delimiter.length > 1,
    quote: quoteOf(file) === "" ? undefined : quoteOf(file).charCodeAt(0),
    hasHeader: options.header,
    columns: columns.map(({ name }) => name),
  };
}

/** The lines of a file, some {@link blockRows} at a time. Throws {@link UnplainLines} for a file, or a line of it, that is not plain. */
export async function* readPlainLines(
  file: LineFile,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<LineBlock> {
  const columns = file.columns.length;
  const kernels = openLineKernels(columns, largestBlock);
  const ends = kernels?.ends ?? new Int32Array(blockRows * columns);
  for await (const { bytes, start: first, end } of readWholeLines(file, signal, kernels?.bytes)) {
    let start = first;
    while (start < end) {
      const rows = endsByKernel(kernels, { start, end }, file) ?? findEnds(bytes, { start, end }, file, ends);
      yield { rows, bytes, start, ends, gap: file.isSpaced ? 2 : 1, columns, kernels };
      start = ends[rows * file.columns.length - 1]! + 1;
    }
  }
}

/** Where the first value of a file begins, in bytes; undefined for one without values. Throws {@link UnplainLines} as {@link readPlainLines} does. */
export async function firstPlainValue(file: LineFile, signal: AbortSignal | undefined): Promise<number | undefined> {
  let first: number | undefined;
  for await (const { bytes, start, end } of readWholeLines(file, signal)) {
    checkWidths(bytes, { start, end }, file);
    if (start < end) first ??= start;
  }
  return first;
}

/** Lines with their ends, of which nothing is known but that their bytes may be those of plain ones; good until the next ones are asked for. */
interface WholeLines {
  /** There are more than twelve behind the last line. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** `room`: where the bytes are put, if there is such a place. */
async function* readWholeLines(
  file: LineFile,
  signal: AbortSignal | undefined,
  room?: Buffer,
): AsyncIterableIterator<WholeLines> {
  const opened = attempt(() => openSync(file.path, "r"));
  try {
    const buffer = room ?? Buffer.alloc(largestBlock);
    let held = 0;
    let isFirst = true;
    for (let isEnd = false; !isEnd;) {
      const read = attempt(() => readSync(opened, buffer, held, readBytes, null));
      isEnd = read === 0;
      // The last line may have no end.
      if (isEnd && held > 0 && buffer[held - 1] !== newline) buffer[held++] = newline;
      const filled = held + read;
      if (filled === 0) return;
      const end = buffer.lastIndexOf(newline, filled - 1) + 1;
      if (end === 0) throw new UnplainLines("a line is too long");
      const start = isFirst && file.hasHeader ? headerEnd(buffer.subarray(0, end), file) : 0;
      if (isFirst && !file.hasHeader && buffer.readUIntBE(0, 3) === 0xefbbbf) throw new UnplainLines("it has a mark");
      isFirst = false;
      checkBytes(buffer.subarray(0, end), start, file);
      yield { bytes: buffer, start, end };
      buffer.copyWithin(0, end, filled);
      held = filled - end;
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    closeSync(opened);
  }
}

/** Where the first line ends, which may have quotes in it, but no end of line in one. */
function headerEnd(bytes: Buffer, { quote }: LineFile): number {
  const end = bytes.indexOf(newline) + 1;
  let quotes = 0;
  for (const byte of bytes.subarray(0, end)) if (byte === quote) quotes += 1;
  if (end === 1 || quotes % 2 === 1) throw new UnplainLines("the first line goes on");
  return end;
}

/** `start`: where quotes may not be any more. */
function checkBytes(bytes: Buffer, start: number, { quote }: LineFile): void {
  if (quote !== undefined && bytes.includes(quote, start)) throw new UnplainLines("there are quotes");
  if (bytes.includes(carriageReturn) || bytes.includes(0)) throw new UnplainLines("lines end in another way");
  if (!isUtf8(bytes)) throw new UnplainLines("it is not UTF-8");
}

interface Bytes {
  readonly start: number;
  readonly end: number;
}

/** The same as {@link findEnds}; undefined where that one says what is wrong. */
function endsByKernel(
  kernels: LineKernels | undefined,
  { start, end }: Bytes,
  { delimiter, isSpaced, columns }: LineFile,
): number | undefined {
  // Lines of one value may be empty, which the database passes over.
  return columns.length === 1 ? undefined : kernels?.findEnds(start, end, delimiter, isSpaced);
}

/** Finds where the values of the next lines end; the number of these lines. */
function findEnds(
  bytes: Buffer,
  { start, end }: Bytes,
  { delimiter, isSpaced, columns }: LineFile,
  ends: Int32Array,
): number {
  const width = columns.length;
  const room = ends.length;
  // Most bytes of numbers and words are above both.
  const largest = Math.max(delimiter, newline);
  let found = 0;
  let left = width;
  for (let at = start; at < end && found < room; at++) {
    const byte = bytes[at]!;
    if (byte > largest) continue;
    if (byte === delimiter) {
      left -= 1;
      if (left === 0) throw new UnplainLines("a line has too many values");
      ends[found++] = at;
      if (!isSpaced) continue;
      at += 1;
      if (bytes[at] !== space) throw new UnplainLines("a delimiter has no space");
    } else if (byte === newline) {
      // The database passes over lines without a value.
      if (left !== 1 || (width === 1 && at === (found === 0 ? start : ends[found - 1]! + 1)))
        throw new UnplainLines("a line has too few values");
      left = width;
      ends[found++] = at;
    }
  }
  return found / width;
}

/** Checks that each line has as many values as there are columns: what {@link findEnds} checks, four bytes at a time. */
function checkWidths(bytes: Buffer, { start, end }: Bytes, { delimiter, isSpaced, columns }: LineFile): void {
  const width = columns.length;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  // Taken from a word, it leaves the upper bit of bytes that are neither: most bytes of numbers and words are above both.
  const above = Math.imul(Math.max(delimiter, newline) + 1, 0x01010101);
  let left = width;
  let from = start;
  for (let at = start & ~3; at < end; at += 4) {
    const word = words[at >> 2]!;
    if (((word - above) & ~word & 0x80808080) === 0) continue;
    for (let i = Math.max(at, start); i < at + 4 && i < end; i++) {
      const byte = bytes[i]!;
      if (byte === delimiter) {
        left -= 1;
        if (left === 0) throw new UnplainLines("a line has too many values");
        if (isSpaced && bytes[i + 1] !== space) throw new UnplainLines("a delimiter has no space");
      } else if (byte === newline) {
        if (left !== 1 || (width === 1 && i === from)) throw new UnplainLines("a line has too few values");
        left = width;
        from = i + 1;
      }
    }
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UnplainLines(String(error));
  }
}
