/**
 * Columns that are needed only while one list is made. They are cut from a buffer that the next list uses again: an array of
 * its own for each would cost more than what is computed in it.
 */
let buffer = new ArrayBuffer(2 ** 16);
let used = 0;
let lists = 0;

/** A buffer that a large request left is not kept for small ones. */
const keptBytes = 2 ** 25;

/** Begins a list: columns of lists before are void. */
export function beginScratch(): void {
  used = 0;
  lists++;
  if (buffer.byteLength > keptBytes) buffer = new ArrayBuffer(2 ** 16);
}

/** The number of the list that is made: of no two it is the same. */
export function listNumber(): number {
  return lists;
}

function take(bytes: number): number {
  if (used + bytes > buffer.byteLength) {
    buffer = new ArrayBuffer(Math.max(2 * buffer.byteLength, bytes));
    used = 0;
  }
  const at = used;
  used += (bytes + 7) & ~7;
  return at;
}

/** Integers, all 0. */
export function scratchInts(count: number): Int32Array {
  const at = take(4 * count);
  return new Int32Array(buffer, at, count).fill(0);
}

/** Flags, all 0. */
export function scratchFlags(count: number): Uint8Array {
  const at = take(count);
  return new Uint8Array(buffer, at, count).fill(0);
}

/** Numbers, all 0. */
export function scratchNumbers(count: number): Float64Array {
  const at = take(8 * count);
  return new Float64Array(buffer, at, count).fill(0);
}
