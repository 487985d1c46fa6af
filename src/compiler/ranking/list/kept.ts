/**
 * Columns that live as long as somebody has them, which may be longer than a list is made. Small ones are cut from one buffer, one after
 * another: a buffer of its own for each is most of what the collector has to do between two requests. No place is given out twice.
 */
let buffer = new ArrayBuffer(0);
let used = 0;

const chunkBytes = 2 ** 16;

/** Columns from here on have a buffer of their own: less of one is left over. */
const largeBytes = 2 ** 14;

function take(bytes: number): number {
  if (used + bytes > buffer.byteLength) {
    buffer = new ArrayBuffer(chunkBytes);
    used = 0;
  }
  const at = used;
  used += (bytes + 7) & ~7;
  return at;
}

/** Integers, all 0. */
export function keptInts(count: number): Int32Array {
  if (4 * count >= largeBytes) return new Int32Array(count);
  const at = take(4 * count);
  return new Int32Array(buffer, at, count);
}

/** Flags, all 0. */
export function keptFlags(count: number): Uint8Array {
  if (count >= largeBytes) return new Uint8Array(count);
  const at = take(count);
  return new Uint8Array(buffer, at, count);
}

/** Numbers, all 0. */
export function keptNumbers(count: number): Float64Array {
  if (8 * count >= largeBytes) return new Float64Array(count);
  const at = take(8 * count);
  return new Float64Array(buffer, at, count);
}
