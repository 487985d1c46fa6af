/**
 * How often each whole number of a column occurs, while its rows go by: an array over their extent, which costs a hundredth of
 * what grouping texts costs. A column whose numbers are too far apart for that is left to the database.
 */
import type { FittedVocabulary } from "../../../../compiler/model/fitted.js";
import { wholeVocabulary } from "../stored-values.js";
import { wholesByText } from "../texts/whole-order.js";
import { nullHigh } from "../vectors.js";
import { byCounts } from "./by-counts.js";
import { createLaterCounts } from "./count-later.js";

/** What {@link WholeCounts} gives for a null. */
export const nullWhole = -(2 ** 31);

export interface WholeCounts {
  /**
   * Takes the first `rows` of the numbers, as pairs of words, low before high; `nullHigh` with a low word of 0 is a null. Puts the numbers into `into`, a null being
   * {@link nullWhole}; false where one of them is not to be told there.
   */
  add(pairs: Int32Array, rows: number, into: Int32Array): boolean;
  /** The same of numbers of 32 bits; `isThere` tells whether a row has one, where some have none. */
  addShort(
    numbers: Int32Array,
    rows: number,
    isThere: ((row: number) => boolean) | undefined,
    into: Int32Array,
  ): boolean;
  /**
   * The texts of the numbers that occur at least `fewest` times, at most `limit`, the most frequent first and of equally frequent ones the first
   * by its text; undefined where the numbers are too far apart.
   */
  values(fewest: number, limit: number): FittedVocabulary | undefined;
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

  /** Counts those of `numbers` that are no null. */
  const later = createLaterCounts((numbers, rows) => {
    rowsSeen += rows;
    for (let at = 0; at < rows && !isTooWide; at++) {
      at = countPlain(counts, first, numbers, at, rows);
      if (at === rows) break;
      const value = numbers[at]!;
      if (value === nullWhole) continue;
      isTooWide = !widen(value);
      if (!isTooWide) counts[value - first]! += 1;
    }
    if (isTooWide) counts = new Int32Array(0);
  });
  const count = (numbers: Int32Array, rows: number): void => {
    if (!isTooWide) later.add(numbers, rows);
  };

  return {
    add: (pairs, rows, into) => {
      let isTold = true;
      for (let i = 0; i < rows; i++) {
        const low = pairs[2 * i]!;
        const high = pairs[2 * i + 1]!;
        const isNull = high === nullHigh && low === 0;
        into[i] = isNull ? nullWhole : low;
        if (!isNull && (high !== low >> 31 || low === nullWhole)) isTold = false;
      }
      // Numbers of more bits, and the least of 32, are farther from others than an array reaches.
      if (!isTold) isTooWide = true;
      count(into, rows);
      return isTold;
    },
    addShort: (numbers, rows, isThere, into) => {
      if (isThere === undefined) {
        into.set(numbers.length === rows ? numbers : numbers.subarray(0, rows));
        const isTold = !(into.length === rows ? into : into.subarray(0, rows)).includes(nullWhole);
        if (!isTold) isTooWide = true;
        count(into, rows);
        return isTold;
      }
      let isTold = true;
      for (let i = 0; i < rows; i++) {
        const value = numbers[i]!;
        const isNull = !isThere(i);
        into[i] = isNull ? nullWhole : value;
        if (!isNull && value === nullWhole) isTold = false;
      }
      if (!isTold) isTooWide = true;
      count(into, rows);
      return isTold;
    },
    values: (fewest, limit) => {
      if (!isTooWide) later.flush();
      return isTooWide ? undefined : mostFrequentWholes(counts, first, fewest, limit);
    },
  };
}

/**
 * Counts numbers from row `from` on up to the first that has no place in `counts`, whose first place is that of `least`; gives the row of that one, else `rows`. A
 * function of its own, without anything that a loop around it changes: it takes half the time.
 */
export function countPlain(counts: Int32Array, least: number, numbers: Int32Array, from: number, rows: number): number {
  const places = counts.length;
  for (let i = from; i < rows; i++) {
    const place = numbers[i]! - least;
    if (!(place >= 0 && place < places)) return i;
    counts[place]! += 1;
  }
  return rows;
}

/** What {@link WholeCounts} has of `values`, by counts of numbers from `first` on. */
export function mostFrequentWholes(counts: Int32Array, first: number, fewest: number, limit: number): FittedVocabulary {
  // Room at an end that nothing has would be a number below 0, or make dense ones rare.
  let [from, to] = [0, counts.length];
  while (from < to && counts[from] === 0) from += 1;
  while (to > from && counts[to - 1] === 0) to -= 1;
  const values = wholesByText(counts.subarray(from, to), first + from, Math.max(1, fewest));
  const ordered = byCounts(values, (value) => counts[value - first]!);
  return wholeVocabulary(ordered.subarray(0, Math.min(limit, ordered.length)));
}
