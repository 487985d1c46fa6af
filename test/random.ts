/** A generator of numbers in [0, 1) that starts anywhere and is the same each run: Marsaglia's xorshift, 2003. */
export function createRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
