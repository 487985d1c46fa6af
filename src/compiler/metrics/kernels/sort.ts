/** Sorting of scores by their bits, with no boxed number. */

const radixBits = 11;
const radixSize = 1 << radixBits;

/** The indices of the scores in ascending order; equal scores keep their order, −0 equals 0, NaN goes to the ends. */
export function ascendingOrder(scores: Float32Array): Int32Array {
  const keys = orderedBits(scores);
  return scores.length <= mostPacked ? sortPacked(keys) : sortByWord(identityOrder(scores.length), keys);
}

/** Bits of an index beside a key in a double. */
const indexBits = 29;
const mostPacked = 2 ** indexBits;
/** Makes the first word one of a positive, normal double. */
const firstWord = 0x20000000;
const lowWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/**
 * The indices of words in their order, and in that of the indices where words are equal: key and index are the bits of a double, and the engine sorts doubles by
 * code that need not get warm. Of a million scores that also waits less for memory than digits do.
 */
function sortPacked(keys: Uint32Array): Int32Array {
  const count = keys.length;
  const doubles = new Float64Array(count);
  const words = new Uint32Array(doubles.buffer);
  for (let i = 0; i < count; i++) {
    const key = keys[i]!;
    words[2 * i + lowWord] = (key << indexBits) | i;
    words[2 * i + 1 - lowWord] = firstWord + (key >>> (32 - indexBits));
  }
  doubles.sort();
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = words[2 * i + lowWord]! & (mostPacked - 1);
  return order;
}

/** {@link ascendingOrder} of doubles. */
export function ascendingOrderOfDoubles(scores: Float64Array): Int32Array {
  const { low, high } = orderedHalves(scores);
  return sortByWord(sortByWord(identityOrder(scores.length), low), high);
}

function identityOrder(count: number): Int32Array {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/** Sorts indices by their words, keeping the order of equal ones. */
function sortByWord(start: Int32Array, keys: Uint32Array): Int32Array {
  const count = start.length;
  let order = start;
  let other: Int32Array = new Int32Array(count);
  const starts = new Int32Array(radixSize);
  for (let shift = 0; shift < 32; shift += radixBits) {
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = (keys[i]! >>> shift) & (radixSize - 1);
      starts[digit]!++;
    }
    let start = 0;
    for (let digit = 0; digit < radixSize; digit++) {
      const here = starts[digit]!;
      starts[digit] = start;
      start += here;
    }
    for (let i = 0; i < count; i++) {
      const index = order[i]!;
      const digit = (keys[index]! >>> shift) & (radixSize - 1);
      const target = starts[digit]!;
      other[target] = index;
      starts[digit] = target + 1;
    }
    [order, other] = [other, order];
  }
  return order;
}

const minusZero = 0x80000000;

/** Words that are ordered as the floats are: the bits of a positive one, sign set; of a negative one, all flipped. */
function orderedBits(scores: Float32Array): Uint32Array {
  const bits = new Uint32Array(scores.length);
  const view = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  for (let i = 0; i < scores.length; i++) {
    const word = view[i]!;
    const plain = word === minusZero ? 0 : word;
    bits[i] = plain & 0x80000000 ? ~plain : plain | 0x80000000;
  }
  return bits;
}

/** The two words of each double, ordered as the doubles are when high words decide first. */
function orderedHalves(scores: Float64Array): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const low = new Uint32Array(scores.length);
  const high = new Uint32Array(scores.length);
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  for (let i = 0; i < scores.length; i++) {
    // Adding 0 makes −0 into 0.
    double[0] = scores[i]! + 0;
    const [lo, hi] = [words[lowWord]!, words[1 - lowWord]!];
    const isNegative = hi & 0x80000000;
    low[i] = isNegative ? ~lo : lo;
    high[i] = isNegative ? ~hi : hi | 0x80000000;
  }
  return { low, high };
}
