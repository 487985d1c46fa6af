/** The file of encoded rows, read in parts. */
import { openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { DamagedEntry } from "./cache.js";
import type { Records } from "./records.js";
import type { Window } from "./shuffle.js";

/** Bytes of one read: Node cannot read 2 GiB at once. */
export const largestRead = 1 << 28;

/** A file of exactly so many bytes, open; a pipe or a device is not waited for. Throws {@link DamagedEntry} where it is something else. */
export function openRecords(path: string, bytes: number): number {
  const found = statSync(path, { throwIfNoEntry: false });
  const name = basename(path);
  if (found === undefined) throw new DamagedEntry(`\`${name}\` is missing`);
  if (!found.isFile()) throw new DamagedEntry(`\`${name}\` is not a regular file`);
  if (found.size !== bytes) throw new DamagedEntry(`\`${name}\` has ${found.size} bytes instead of ${bytes}`);
  return openSync(path, "r");
}

/** Reads `bytes` of a file from `position` on to the byte `at` of records. Throws {@link DamagedEntry} where the file has fewer. */
export function readInto(file: number, { words }: Records, at: number, position: number, bytes: number): void {
  for (let done = 0; done < bytes;) {
    const target = new Uint8Array(words.buffer, words.byteOffset + at + done, Math.min(bytes - done, largestRead));
    const read = readSync(file, target, 0, target.length, position + done);
    if (read === 0) throw new DamagedEntry("a file of encoded rows became shorter while it was read");
    done += read;
  }
}

/** Copies the rows of a window, in the order of its runs, from all records or from their file. */
export function loadWindow({ runs }: Window, buffer: Records, rowBytes: number, source: Records | number): void {
  const rowWords = rowBytes / 4;
  let at = 0;
  for (const { start, rows } of runs) {
    if (typeof source === "number") readInto(source, buffer, at * rowBytes, start * rowBytes, rows * rowBytes);
    else buffer.words.set(source.words.subarray(start * rowWords, (start + rows) * rowWords), at * rowWords);
    at += rows;
  }
}

/** Reads single rows of a file, neighbours together; where each of them is in the buffer. */
export function loadRows(wanted: Int32Array, buffer: Records, rowBytes: number, file: number): Int32Array {
  const order = Int32Array.from(wanted, (_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = new Int32Array(wanted.length);
  for (let at = 0; at < order.length;) {
    const first = wanted[order[at]!]!;
    let end = at;
    while (end < order.length && wanted[order[end]!] === first + end - at) places[order[end]!] = end++;
    readInto(file, buffer, at * rowBytes, first * rowBytes, (end - at) * rowBytes);
    at = end;
  }
  return places;
}
