/**
 * Functions of a whole list: from a number of every candidate, a number for every candidate. Those that are missing,
 * and those that overflowed, are left out and have none. The order of the candidates changes no bit: sums run over the
 * sorted values.
 */
import { unitInterval } from "./intervals.js";
import { numbers, within, type Column, type ListFunction } from "./row.js";

/** No list has more candidates: an array holds fewer than 2^32. */
const longestList = 2 ** 32;

export const listFunctions = {
  /** 1 for the greatest; equal numbers share their rank: 1, 1, 3. */
  rank: {
    summary: "The place of the value in the list, the largest first: 1, 2, …",
    of: "list",
    parameters: numbers("x"),
    result: "number",
    range: within({ low: 1, high: longestList }),
    compute: rankColumn,
  },
  /** The share of candidates that are not above, in (0, 1]. */
  percentile: {
    summary: "The share of the list's values that are not above this one.",
    of: "list",
    parameters: numbers("x"),
    result: "number",
    range: within({ low: 1 / longestList, high: 1 }),
    compute: percentileColumn,
  },
  /** (x − min) / (max − min); 0.5 where all are equal. */
  minmax: {
    summary: "The value's place between the least and the largest of the list, in [0, 1].",
    of: "list",
    parameters: numbers("x"),
    result: "number",
    range: within(unitInterval),
    compute: minmaxColumn,
  },
  /** (x − mean) / σ of the population; 0 where σ is 0. */
  zscore: {
    summary: "How many standard deviations of the list the value lies above its mean.",
    of: "list",
    parameters: numbers("x"),
    result: "number",
    // One of n numbers is at most √(n − 1) deviations from their mean.
    range: within({ low: -Math.sqrt(longestList), high: Math.sqrt(longestList) }),
    compute: zscoreColumn,
  },
  reciprocal_rank: {
    summary: "1 over the place in the list.",
    of: "list",
    parameters: numbers("x"),
    result: "number",
    range: within({ low: 1 / longestList, high: 1 }),
    compute: (column) => rankColumn(column).map((rank) => 1 / rank),
  },
} as const satisfies Readonly<Record<string, ListFunction>>;

function isPresent(x: number): boolean {
  return x - x === 0;
}

/** The finite numbers, ascending. */
function presentValues(column: Column): Column {
  return column.filter(isPresent).sort();
}

/** How many of the sorted values are at most `x`. */
function countUpTo(sorted: Column, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 1 for the greatest; equal numbers share their rank: 1, 1, 3. */
function rankColumn(column: Column): Column {
  const sorted = presentValues(column);
  return column.map((x) => (isPresent(x) ? sorted.length - countUpTo(sorted, x) + 1 : NaN));
}

/** The share of candidates whose number is not greater: in (0, 1]. */
function percentileColumn(column: Column): Column {
  const sorted = presentValues(column);
  return column.map((x) => (isPresent(x) ? countUpTo(sorted, x) / sorted.length : NaN));
}

/** (x − min) / (max − min); 0.5 where all are equal. */
function minmaxColumn(column: Column): Column {
  const sorted = presentValues(column);
  const [low = 0, high = 0] = [sorted[0], sorted[sorted.length - 1]];
  if (low === high) return column.map((x) => (isPresent(x) ? 0.5 : NaN));
  // Halves keep the difference of the greatest numbers finite.
  const by = high - low === Infinity ? 2 : 1;
  const width = high / by - low / by;
  return column.map((x) => (isPresent(x) ? Math.min(1, (x / by - low / by) / width) : NaN));
}

/** (x − mean) / σ of the list; 0 where σ is 0. */
function zscoreColumn(column: Column): Column {
  const sorted = presentValues(column);
  const count = sorted.length;
  const zeros = (): Column => column.map((x) => (isPresent(x) ? 0 : NaN));
  if (count === 0 || sorted[0] === sorted[count - 1]) return zeros();
  // By the greatest size, so that neither the sum nor the squares overflow; a power of two, so that no bit is lost.
  const greatest = Math.max(Math.abs(sorted[0]!), Math.abs(sorted[count - 1]!));
  const scale = Math.pow(2, Math.min(1023, Math.floor(Math.log2(greatest))));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sorted[i]! / scale;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const difference = sorted[i]! / scale - mean;
    squares += difference * difference;
  }
  const deviation = Math.sqrt(squares / count);
  if (deviation === 0) return zeros();
  return column.map((x) => (isPresent(x) ? (x / scale - mean) / deviation : NaN));
}
