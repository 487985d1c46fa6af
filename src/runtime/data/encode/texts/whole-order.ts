/** Whole numbers by their texts: their order, and lists of texts of which it is known what they spell. */

/**
 * Numbers, from `first` on, whose counts are at least `fewest`, in the order of their texts. Dense ones are met in that order; others, and those below 0, are
 * sorted.
 */
export function wholesByText(counts: Int32Array, first: number, fewest: number): Int32Array {
  let size = 0;
  for (let place = 0; place < counts.length; place++) if (counts[place]! >= fewest) size += 1;
  const found = new Int32Array(size);
  const last = first + counts.length - 1;
  if (first < 0 || last > densest * size + fewNumbers) return sortedByText(counts, first, fewest, found);
  let filled = 0;
  if (first === 0 && counts.length > 0 && counts[0]! >= fewest) found[filled++] = 0;
  // 1, 10, 100, …, 101, …, 11, …, 2: below a number are those that begin with its digits.
  for (let value = 1; value > 0;) {
    if (value >= first && value <= last && counts[value - first]! >= fewest) found[filled++] = value;
    if (value * 10 <= last) {
      value *= 10;
      continue;
    }
    while (value > 0 && (value % 10 === 9 || value >= last)) value = Math.floor(value / 10);
    value = value === 0 ? 0 : value + 1;
  }
  return found;
}

/** So many numbers are met for each that counts, and a few for nothing. */
const densest = 8;
const fewNumbers = 2 ** 16;

function sortedByText(counts: Int32Array, first: number, fewest: number, into: Int32Array): Int32Array {
  const keys = new Float64Array(into.length);
  let filled = 0;
  for (let place = 0; place < counts.length; place++)
    if (counts[place]! >= fewest) keys[filled++] = keyOf(first + place);
  keys.sort();
  for (let i = 0; i < filled; i++) into[i] = valueOf(keys[i]!);
  return into;
}

/** Digits of the largest number of 32 bits. */
const digits = 10;
const powers = Float64Array.from({ length: digits + 1 }, (_, i) => 10 ** i);
/** Above each key of a number that is not negative: a minus sign comes before all digits. */
const negative = 2 ** 40;

/** A number whose order is that of the texts: the digits from the left, and of those that begin alike the fewer first. */
function keyOf(value: number): number {
  const size = Math.abs(value);
  let length = 1;
  while (length < digits && size >= powers[length]!) length += 1;
  const key = size * powers[digits - length]! * 16 + length;
  return value < 0 ? key - negative : key;
}

function valueOf(key: number): number {
  const sized = key < 0 ? key + negative : key;
  const length = sized % 16;
  const size = (sized - length) / 16 / powers[digits - length]!;
  return key < 0 ? -size : size;
}

/** By the list of texts. */
const spelled = new WeakMap<readonly string[], Int32Array>();

/** The texts of whole numbers, whose numbers {@link spelledWholes} then gives. */
export function textsOfWholes(wholes: Int32Array): readonly string[] {
  const texts = Array.from(wholes, String);
  spelled.set(texts, wholes);
  return texts;
}

/** The numbers that a list of texts was made of; undefined for any other list. */
export function spelledWholes(texts: readonly string[]): Int32Array | undefined {
  return spelled.get(texts);
}
