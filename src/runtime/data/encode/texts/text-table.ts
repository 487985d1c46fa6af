/**
 * A hash table from short texts to numbers, open at every place: four words a place, three of the text and one with its length below the
 * number. A place without a number and a length is free.
 */
export interface TextTable {
  /** {@link placeWords} for each place, of which there is a power of two. */
  words: Int32Array;
  /** Places that are taken. */
  size: number;
}

export const placeWords = 4;
const lengthBits = 4;
/** Above the length there are so many bits of a number that is not negative. */
export const largestNumber = 2 ** (31 - lengthBits) - 1;

export function createTextTable(texts: number): TextTable {
  let places = 64;
  while (places < 2 * texts) places *= 2;
  return { words: new Int32Array(places * placeWords), size: 0 };
}

/** What a place says of a text of `length` bytes. */
export function sealNumber(number: number, length: number): number {
  return (number << lengthBits) | length;
}

/** The number of a {@link sealNumber}; 0 as well where a place is free. */
export function numberOfSeal(seal: number): number {
  return seal >> lengthBits;
}

export function lengthOfSeal(seal: number): number {
  return seal & (2 ** lengthBits - 1);
}

/** The first word of the place of a text, or of the free one where it belongs. */
export function placeOf(words: Int32Array, a: number, b: number, c: number, length: number): number {
  const last = words.length - 1;
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  for (let place = ((hash ^ (hash >>> 13)) << 2) & last; ; place = (place + placeWords) & last) {
    const seal = words[place + 3]!;
    if (seal === 0) return place;
    if (words[place] === a && words[place + 1] === b && words[place + 2] === c && (seal & 15) === length) return place;
  }
}

/** Takes the free place that {@link placeOf} found; at most half of the places are ever taken. */
export function takePlace(table: TextTable, place: number, a: number, b: number, c: number, seal: number): void {
  const { words } = table;
  words[place] = a;
  words[place + 1] = b;
  words[place + 2] = c;
  words[place + 3] = seal;
  table.size += 1;
  if (2 * table.size * placeWords >= words.length) widen(table);
}

function widen(table: TextTable): void {
  const { words: old } = table;
  const words = new Int32Array(old.length * 2);
  for (let from = 0; from < old.length; from += placeWords) {
    const seal = old[from + 3]!;
    if (seal === 0) continue;
    const [a, b, c] = [old[from]!, old[from + 1]!, old[from + 2]!];
    const place = placeOf(words, a, b, c, lengthOfSeal(seal));
    words[place] = a;
    words[place + 1] = b;
    words[place + 2] = c;
    words[place + 3] = seal;
  }
  table.words = words;
}
