/**
 * The seeded hash that gives ids to values without a vocabulary: MurmurHash3 by Austin Appleby (public domain), the
 * variant x86 of 128 bits, over the UTF-8 bytes of a value's text. Its arithmetic is of 32 bits, which JavaScript does fast.
 */

/** A hash of 64 bits as two words of 32. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/** Seed of the hash vocabularies ("mtlc"). It is part of what an id means, so it never changes. */
export const vocabularySeed = 0x6d746c63;

const encoder = new TextEncoder();
let scratch = new Uint8Array(256);

/** The first 64 of the 128 bits, of a text's UTF-8 bytes. A lone surrogate counts as U+FFFD. */
export function hashText(text: string, seed: number): Hash64 {
  if (text.length * 3 > scratch.length) scratch = new Uint8Array(text.length * 6);
  const { written } = encoder.encodeInto(text, scratch);
  return murmur3(scratch, written, seed);
}

/** The bucket of a text among `buckets`, from 0: the top 53 bits of the hash, modulo. */
export function bucketOf(text: string, buckets: number, seed: number): number {
  const { high, low } = hashText(text, seed);
  return (high * 2 ** 21 + (low >>> 11)) % buckets;
}

const c1 = 0x239b961b;
const c2 = 0xab0e9789;
const c3 = 0x38b34ae5;
const c4 = 0xa1e38b93;

/** The first 64 bits of MurmurHash3_x86_128 of `bytes[0, length)`. */
export function murmur3(bytes: Uint8Array, length: number, seed: number): Hash64 {
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  const end = length & ~15;
  for (let i = 0; i < end; i += 16) {
    h1 ^= mix(word(bytes, i), c1, 15, c2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= mix(word(bytes, i + 4), c2, 16, c3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= mix(word(bytes, i + 8), c3, 17, c4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= mix(word(bytes, i + 12), c4, 18, c1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const rest = length & 15;
  if (rest > 12) h4 ^= mix(tail(bytes, end + 12, rest - 12), c4, 18, c1);
  if (rest > 8) h3 ^= mix(tail(bytes, end + 8, rest - 8), c3, 17, c4);
  if (rest > 4) h2 ^= mix(tail(bytes, end + 4, rest - 4), c2, 16, c3);
  if (rest > 0) h1 ^= mix(tail(bytes, end, rest), c1, 15, c2);

  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalize(h1);
  h2 = finalize(h2);
  h3 = finalize(h3);
  h4 = finalize(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return { high: h1 >>> 0, low: (h2 + h1) >>> 0 };
}

function mix(k: number, before: number, turn: number, after: number): number {
  return Math.imul(rotate(Math.imul(k, before), turn), after);
}

function rotate(x: number, turn: number): number {
  return (x << turn) | (x >>> (32 - turn));
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** Up to four bytes as a word; those beyond `count` are zero. */
function tail(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = Math.min(count, 4) - 1; i >= 0; i--) value = (value << 8) | (bytes[at + i] ?? 0);
  return value;
}

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the output. */
export function finalize(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
