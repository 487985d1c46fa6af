/**
 * What a process holds after it has loaded libraries, encoded rows and compiled a step, and needs no more: pages of the libraries, of which most were only read
 * while they were loaded, or lie beside such, and what was freed since. Steps take the same blocks again and again, which then stay with the process
 * (`keep-memory.ts`).
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { openLibc } from "./libc.js";

/** Large libraries, of which a training needs little. */
const libraries = /\/lib(tensorflow_cc|tensorflow_framework|duckdb)\.so[.\d]*$/;
/** Mappings that are smaller are not worth a call. */
const leastBytes = 1 << 20;
const pageBytes = 4096;
/** `MADV_DONTNEED` */
const dontNeed = 4;

/**
 * Gives what is mapped of large libraries back to the system, which maps pages that are needed again from where it keeps files. Does nothing where the C
 * library is not glibc, or koffi is not installed.
 */
export function giveBackPages(): void {
  const libc = openLibc();
  if (libc === undefined) return;
  try {
    for (const { begin, bytes } of unwrittenMappings(readFileSync("/proc/self/maps", "latin1"), readUnwritten))
      libc.madvise(begin, bytes, dontNeed);
  } catch {
    // A system that does not say what is mapped: more memory, and the same numbers.
  }
}

/** As {@link giveBackPages}, and the memory that was freed since the process began. */
export function giveBackMemory(): void {
  giveBackPages();
  openLibc()?.mallocTrim(0);
}

/** A run of bytes: of a file, or of addresses. */
export interface Range {
  readonly begin: number;
  readonly bytes: number;
}

/**
 * Where libraries are mapped, out of the text of `/proc/self/maps`, and were never written: pages into which a loader has put addresses are closed to writing
 * after that, and would be lost. `unwrittenOf`: the ranges of a file that nobody writes to once they are mapped.
 */
export function unwrittenMappings(maps: string, unwrittenOf: (path: string) => readonly Range[]): readonly Range[] {
  const known = new Map<string, readonly Range[]>();
  const line = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p ([0-9a-f]+) \S+ \S+ +(\/.*)$/gm;
  return [...maps.matchAll(line)].flatMap(([, from = "", to = "", offset = "", path = ""]) => {
    const begin = parseInt(from, 16);
    const bytes = parseInt(to, 16) - begin;
    if (bytes < leastBytes || !libraries.test(path)) return [];
    const ranges = known.get(path) ?? unwrittenOf(path);
    known.set(path, ranges);
    return isWithin({ begin: parseInt(offset, 16), bytes }, ranges) ? [{ begin, bytes }] : [];
  });
}

/** Whether a part of a file is within a range of it, whose pages are mapped whole. */
function isWithin({ begin, bytes }: Range, ranges: readonly Range[]): boolean {
  return ranges.some((range) => begin >= range.begin && begin + bytes <= range.begin + range.bytes + pageBytes - 1);
}

/** Bytes of the header of a library and of the table of its segments. */
const headBytes = 4096;

function readUnwritten(path: string): readonly Range[] {
  const head = Buffer.alloc(headBytes);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, headBytes, 0);
  } finally {
    closeSync(file);
  }
  return unwrittenSegments(head);
}

/**
 * The segments of a library that are mapped without the right to write, by the first bytes of its file (ELF, 64 bits, little-endian); none where it is
 * something else.
 */
export function unwrittenSegments(head: Buffer): readonly Range[] {
  if (head.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return [];
  const [table, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  if (size < 56 || table + count * size > head.length) return [];
  return Array.from({ length: count }, (_, i) => head.subarray(table + i * size)).flatMap((entry) => {
    const [kind, rights] = [entry.readUInt32LE(0), entry.readUInt32LE(4)];
    const isLoaded = kind === 1;
    const isWritten = (rights & 2) !== 0;
    if (!isLoaded || isWritten) return [];
    const begin = Number(entry.readBigUInt64LE(8));
    return [{ begin: begin - (begin % pageBytes), bytes: Number(entry.readBigUInt64LE(32)) + (begin % pageBytes) }];
  });
}
