/**
 * The order of rows in an epoch, such that a file can be read in it with little memory: the rows are cut into blocks of
 * 256, the blocks are shuffled, and the rows of each 256 consecutive blocks (a window of 65,536 rows) are shuffled among
 * themselves. Data of up to one window is shuffled evenly. The order is a function of (seed, epoch, rows) and nothing else,
 * and a window's order does not need the windows before it.
 */
import { createRandom, shuffle } from "./random.js";

export const blockRows = 256;
const windowBlocks = 256;
/** Rows that are in memory at once. */
export const windowRows = blockRows * windowBlocks;

/** Some rows that are shuffled, or read, together. */
export interface Window {
  /** Runs of consecutive rows that the window is made of, in the order in which they are read. */
  readonly runs: readonly { readonly start: number; readonly rows: number }[];
  readonly rows: number;
  /** Position in the epoch of the window's first row. */
  readonly first: number;
  /** Puts numbers that stand for the rows of the runs, in the order of the runs, into the order of the epoch. */
  arrange(items: Int32Array): void;
}

export interface Order {
  readonly windows: number;
  window(index: number): Window;
}

/** Rows in file order. */
export function fileOrder(rows: number): Order {
  return {
    windows: Math.ceil(rows / windowRows),
    window: (index) => {
      const first = index * windowRows;
      const count = Math.min(windowRows, rows - first);
      return { runs: [{ start: first, rows: count }], rows: count, first, arrange: () => undefined };
    },
  };
}

export function shuffledOrder(rows: number, seed: number, epoch: number): Order {
  const blocks = Int32Array.from({ length: Math.ceil(rows / blockRows) }, (_, i) => i);
  shuffle(blocks, createRandom(seed, epoch, 0));
  // All blocks are whole but the file's last one, which may be anywhere now.
  const last = blocks.length - 1;
  const missing = blocks.length * blockRows - rows;
  const placeOfLast = blocks.indexOf(last);
  return {
    windows: Math.ceil(rows / windowRows),
    window: (index) => {
      const from = index * windowBlocks;
      const runs = Array.from(blocks.subarray(from, from + windowBlocks), (block) => ({
        start: block * blockRows,
        rows: block === last ? blockRows - missing : blockRows,
      }));
      return {
        runs,
        rows: runs.reduce((sum, run) => sum + run.rows, 0),
        first: from * blockRows - (placeOfLast < from ? missing : 0),
        arrange: (items) => shuffle(items, createRandom(seed, epoch, index + 1)),
      };
    },
  };
}
