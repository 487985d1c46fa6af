/** Sorting of float32 scores by their bits: linear in their number, with no comparison and no boxed number. */

const radixBits = 11;
const radixSize = 1 << radixBits;

/** The indices of the scores in ascending order; equal scores keep their order, −0 equals 0, NaN stands at the ends. */
export function ascendingOrder(scores: Float32Array): Int32Array {
  const count = scores.length;
  const keys = orderedBits(scores);
  let order: Int32Array = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let other: Int32Array = new Int32Array(count);
  const starts = new Int32Array(radixSize);
  for (let shift = 0; shift < 32; shift += radixBits) {
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = ((keys[i] as number) >>> shift) & (radixSize - 1);
      starts[digit] = (starts[digit] as number) + 1;
    }
    let start = 0;
    for (let digit = 0; digit < radixSize; digit++) {
      const here = starts[digit] as number;
      starts[digit] = start;
      start += here;
    }
    for (let i = 0; i < count; i++) {
      const index = order[i] as number;
      const digit = ((keys[index] as number) >>> shift) & (radixSize - 1);
      const place = starts[digit] as number;
      other[place] = index;
      starts[digit] = place + 1;
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
    const word = view[i] as number;
    const plain = word === minusZero ? 0 : word;
    bits[i] = plain & 0x80000000 ? ~plain : plain | 0x80000000;
  }
  return bits;
}
