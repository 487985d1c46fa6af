/** Rows from which on counting digits costs less than comparing. */
export const roughLeast = 64;

const digitBits = 8;
const digits = 32 / digitBits;
const buckets = 2 ** digitBits;

/** Which of a number's two halves of 32 bits has the sign, in this machine's order. */
const upper = new Uint32Array(Float64Array.of(-1).buffer)[1] === 0 ? 0 : 1;

/** Scratch: it grows with the longest order. */
let numbers = new Float64Array(0);
let halves = new Uint32Array(0);
let [keys, otherKeys] = [new Uint32Array(0), new Uint32Array(0)];
let otherRows = new Int32Array(0);
const starts = new Int32Array(digits * buckets);

/**
 * Sorts `rows` in place, those with the flag `last` after the others, else by the upper 32 bits of their scores descending, NaN at the
 * end: digit by digit, without a comparison that no one can foresee. Gives `tie` the range of rows that this leaves alike, wherever
 * there are several, for it to sort.
 */
export function sortRoughly(
  rows: Int32Array,
  scores: Float64Array,
  last: Uint8Array | undefined,
  tie: (from: number, to: number) => void,
): void {
  const count = rows.length;
  reserve(count);
  fillKeys(rows, scores);
  let [from, to]: [Int32Array, Int32Array] = [rows, otherRows];
  for (let digit = 0; digit < digits; digit++) {
    const base = digit * buckets;
    const shift = digit * digitBits;
    // All may have the same digit.
    if (starts[base + ((keys[0]! >>> shift) & (buckets - 1))] === count) continue;
    for (let b = 0, next = 0; b < buckets; b++) {
      const own = starts[base + b]!;
      starts[base + b] = next;
      next += own;
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      const bucket = base + ((key >>> shift) & (buckets - 1));
      const at = starts[bucket]!;
      starts[bucket] = at + 1;
      to[at] = from[i]!;
      otherKeys[at] = key;
    }
    [from, to] = [to, from];
    [keys, otherKeys] = [otherKeys, keys];
  }
  if (from !== rows) rows.set(from.subarray(0, count));
  const isLast = (at: number): boolean => last?.[rows[at]!] === 1;
  if (last !== undefined) putLast(rows, last);
  for (let start = 0, end = 1; start < count; start = end++) {
    while (end < count && keys[end] === keys[start] && isLast(end) === isLast(start)) end++;
    if (end > start + 1) tie(start, end);
  }
}

function reserve(count: number): void {
  if (count <= otherRows.length) return;
  numbers = new Float64Array(count);
  halves = new Uint32Array(numbers.buffer);
  [keys, otherKeys] = [new Uint32Array(count), new Uint32Array(count)];
  otherRows = new Int32Array(count);
}

/** Keys that are smaller for greater scores, and how many of them have each digit. */
function fillKeys(rows: Int32Array, scores: Float64Array): void {
  starts.fill(0);
  for (let i = 0; i < rows.length; i++) {
    const score = scores[rows[i]!]!;
    // Both zeros are one number.
    numbers[i] = score + 0;
    const half = halves[2 * i + upper]!;
    const key = score !== score ? 0xffffffff : half >= 0x80000000 ? half : half ^ 0x7fffffff;
    keys[i] = key;
    for (let digit = 0; digit < digits; digit++)
      starts[digit * buckets + ((key >>> (digit * digitBits)) & (buckets - 1))]!++;
  }
}

/** Moves rows with the flag behind the others, and their keys; each of the two stays in its order. */
function putLast(rows: Int32Array, last: Uint8Array): void {
  let first = 0;
  let behind = 0;
  for (let i = 0; i < rows.length; i++) {
    // One by one: a pair of them would be an array for each row.
    const row = rows[i]!;
    const key = keys[i]!;
    if (last[row] === 1) {
      otherRows[behind] = row;
      otherKeys[behind++] = key;
    } else {
      rows[first] = row;
      keys[first++] = key;
    }
  }
  for (let i = 0; i < behind; i++) {
    rows[first + i] = otherRows[i]!;
    keys[first + i] = otherKeys[i]!;
  }
}
