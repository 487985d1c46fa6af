/**
 * How often each whole number of a column occurs, while its rows go by: an array over their extent, which costs a hundredth of
 * what grouping texts costs. A column whose numbers are too far apart for that is left to the database.
 */
import { nullHigh } from "../vectors.js";
import { byCounts } from "./by-counts.js";

export interface WholeCounts {
  /** Takes the first `rows` of the numbers, as pairs of words, low before high; `nullHigh` with a low word of 0 is a null. */
  add(pairs: Int32Array, rows: number): void;
  /**
   * The texts of the numbers that occur at least `fewest` times, at most `limit`, the most frequent first and of equally frequent ones the first
   * by its text; undefined where the numbers are too far apart.
   */
  values(fewest: number, limit: number): readonly string[] | undefined;
}

/** An array over an extent has at most this many places, and many more places than rows only when it is small: 16 MB of which only what is touched is used. */
const largestExtent = 2 ** 24;
const smallExtent = 2 ** 22;
const placesPerRow = 8;

export function createWholeCounts(): WholeCounts {
  let counts = new Int32Array(0);
  let first = 0;
  let rowsSeen = 0;
  let isTooWide = false;

  /** Makes room for a number; false where that takes too much. */
  const widen = (value: number): boolean => {
    const low = counts.length === 0 ? value : Math.min(first, value);
    const high = counts.length === 0 ? value : Math.max(first + counts.length - 1, value);
    const most = Math.min(largestExtent, smallExtent + placesPerRow * rowsSeen);
    const extent = high - low + 1;
    if (extent > most) return false;
    // Twice the room at the side that grows, so that growing costs no more than counting.
    const spare = Math.min(extent, most - extent);
    const start = value === low && counts.length > 0 ? low - spare : low;
    const wider = new Int32Array(extent + spare);
    wider.set(counts, counts.length === 0 ? 0 : first - start);
    counts = wider;
    first = start;
    return true;
  };

  return {
    add: (pairs, rows) => {
      rowsSeen += rows;
      for (let i = 0; i < rows && !isTooWide; i++) {
        const low = pairs[2 * i]!;
        const high = pairs[2 * i + 1]!;
        if (high === nullHigh && low === 0) continue;
        const place = low - first;
        if (high !== low >> 31) isTooWide = true;
        else if (place >= 0 && place < counts.length) counts[place]! += 1;
        else if (widen(low)) counts[low - first]! += 1;
        else isTooWide = true;
      }
      if (isTooWide) counts = new Int32Array(0);
    },
    values: (fewest, limit) => (isTooWide ? undefined : mostFrequent(counts, first, fewest, limit)),
  };
}

function mostFrequent(counts: Int32Array, first: number, fewest: number, limit: number): readonly string[] {
  const least = Math.max(1, fewest);
  const keys = new Float64Array(counts.reduce((sum, count) => sum + (count >= least ? 1 : 0), 0));
  let filled = 0;
  for (let place = 0; place < counts.length; place++) {
    if (counts[place]! >= least) keys[filled++] = keyOf(first + place);
  }
  const ordered = byCounts(Int32Array.from(keys.sort(), valueOf), (value) => counts[value - first]!);
  return Array.from(ordered.subarray(0, Math.min(limit, ordered.length)), String);
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
