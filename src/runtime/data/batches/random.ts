/** Seeded random numbers for shuffling: xoshiro128** by David Blackman and Sebastiano Vigna (public domain). */
import { finalize } from "../encode/hash.js";

/** A stream of random words of 32 bits, a function only of the numbers given. */
export function createRandom(...seeds: readonly number[]): () => number {
  const state = new Uint32Array(4);
  for (const seed of seeds)
    for (let i = 0; i < 4; i++) state[i] = finalize(((state[i] ?? 0) ^ (seed | 0)) + Math.imul(i + 1, 0x9e3779b9));
  // The one state that the generator cannot leave.
  if (state.every((word) => word === 0)) state[0] = 1;
  let [a = 0, b = 0, c = 0, d = 0] = state;
  return () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

/** Puts the items in an order of equal chance (Fisher and Yates). */
export function shuffle(items: Int32Array, random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    // 53 bits over at most 2^31 places: the bias is below 1e-6 of a chance.
    const j = Math.floor(((random() * 2 ** 21 + (random() >>> 11)) / 2 ** 53) * (i + 1));
    const item = items[i] ?? 0;
    items[i] = items[j] ?? 0;
    items[j] = item;
  }
}
