/** Whole numbers among short texts, which index an array where other texts take a look into a table: a quarter of the time. */

/** Numbers below it have a place in an array. */
export const wholesBelow = 2 ** 21;
const mostDigits = 7;

const zeros = 0x30303030;

/**
 * The whole number that a text spells with its digits and nothing else, as such numbers are written, so that it is the number's only text; −1 for any
 * other text, and from {@link wholesBelow} on.
 * @param a its first four bytes, the first one lowest
 * @param b the next four
 */
export function wholeOfText(a: number, b: number, length: number): number {
  if (length === 0 || length > mostDigits || ((a & 0xff) === 0x30 && length > 1)) return -1;
  if (length <= 4) return fourDigits(a, length);
  const high = fourDigits(a, 4);
  const low = fourDigits(b, length - 4);
  const value = high * powers[length - 4]! + low;
  return high < 0 || low < 0 || value >= wholesBelow ? -1 : value;
}

const powers = Int32Array.of(1, 10, 100, 1000);

/** Of a word's first `length` bytes, from one to four; −1 where one of them is no digit. */
function fourDigits(word: number, length: number): number {
  const room = 32 - 8 * length;
  const digits = room === 0 ? word : (word << room) | (zeros >>> (32 - room));
  // A digit is 0x30 to 0x39: its high half is 3, also with 6 more.
  if ((digits & 0xf0f0f0f0) !== zeros || ((digits + 0x06060606) & 0xf0f0f0f0) !== zeros) return -1;
  const ones = digits & 0x0f0f0f0f;
  const tens = (ones * 10 + (ones >>> 8)) & 0x00ff00ff;
  return (tens * 100 + (tens >>> 16)) & 0xffff;
}

/** An array by whole numbers with a place for `whole`, of twice the size as often as that takes. */
export function withPlace(numbers: Int32Array, whole: number): Int32Array {
  if (whole < numbers.length) return numbers;
  let size = Math.max(1024, numbers.length);
  while (size <= whole) size *= 2;
  const wider = new Int32Array(size);
  wider.set(numbers);
  return wider;
}
