/**
 * Numbers of a column that are counted many at once: places of an array of counts are then in a near cache, where between the rows of one chunk and those of the next the
 * counts of all other columns take it.
 */

/** Numbers that are counted at once, 128 KB. */
const most = 2 ** 15;

export interface LaterCounts {
  /** Takes the first `rows` of some numbers. */
  add(numbers: Int32Array, rows: number): void;
  /** Has all be counted that were taken. */
  flush(): void;
}

/** @param count counts the first `rows` of some numbers, which are those that were taken in their order */
export function createLaterCounts(count: (numbers: Int32Array, rows: number) => void): LaterCounts {
  let waiting = new Int32Array(0);
  let filled = 0;
  const flush = (): void => {
    if (filled > 0) count(waiting, filled);
    filled = 0;
  };
  return {
    add: (numbers, rows) => {
      if (filled + rows > waiting.length) {
        flush();
        // Few rows take little room.
        const size = Math.min(most, 4 * waiting.length + rows);
        if (size > waiting.length) waiting = new Int32Array(Math.max(size, rows));
      }
      waiting.set(numbers.length === rows ? numbers : numbers.subarray(0, rows), filled);
      filled += rows;
    },
    flush,
  };
}
