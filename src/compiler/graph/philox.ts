/**
 * Random numbers by counter: Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as
 * 1, 2, 3, 2011). A number is a function only of a key and its index, so that every engine draws the same.
 */

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** A stream of blocks: one key, and a counter of which the lowest word runs. */
export interface Philox {
  /** The four 32-bit words of the block last made. */
  readonly words: Uint32Array;
  /** Makes the block whose counter is (`index`, the other words). */
  block(index: number): void;
}

/** `key` and the counter's `upper` words are taken modulo 2³²; low words come first. */
export function createPhilox(key: readonly [number, number], upper: readonly [number, number, number]): Philox {
  const words = new Uint32Array(4);
  const [key0, key1] = [key[0] | 0, key[1] | 0];
  const [upper1, upper2, upper3] = [upper[0] | 0, upper[1] | 0, upper[2] | 0];
  const block = (index: number): void => {
    let c0 = index | 0;
    let c1 = upper1;
    let c2 = upper2;
    let c3 = upper3;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < rounds; round += 1) {
      const high0 = multiplyHigh(multiplier0, c0);
      const low0 = Math.imul(multiplier0, c0);
      const high1 = multiplyHigh(multiplier1, c2);
      const low1 = Math.imul(multiplier1, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + weyl0) | 0;
      k1 = (k1 + weyl1) | 0;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  };
  return { words, block };
}

/** The high 32 bits of the product of two 32-bit numbers, by halves of 16 bits. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each sum is under 2³², as (2¹⁶−1)² + 2¹⁶−1 is; `>>>` sees it unsigned.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/**
 * `count` numbers uniform in [0, 1), multiples of 2⁻²³: the op `random`. The key is the pair of words (seed, stream), the
 * counter of numbers 4j … 4j+3 is the four words (j, 0, step, 0), low word first. A word's low 23 bits are the number's
 * fraction bits. That is `StatelessRandomUniformV2` of TensorFlow with alg = 1, key = [seed + 2³²·stream] and counter =
 * [0, step].
 */
export function philoxUniform(seed: number, stream: number, step: number, count: number): Float32Array {
  const numbers = new Float32Array(count);
  const philox = createPhilox([seed, stream], [0, step, 0]);
  for (let start = 0; start < count; start += 4) {
    philox.block(start / 4);
    const length = Math.min(4, count - start);
    for (let word = 0; word < length; word += 1) {
      numbers[start + word] = ((philox.words[word] ?? 0) & 0x7fffff) / 0x800000;
    }
  }
  return numbers;
}
