/**
 * Measures of one list, best first. Rows of one score are in no order: what a measure says of them is its mean over all the
 * orders that they could be in, in closed form (McSherry, Najork: Computing Information Retrieval Performance Measures
 * Efficiently in the Presence of Tied Scores, ECIR 2008). Positions are counted from 0 here.
 */

/** A list by blocks of rows of one score, the highest first. */
export interface RankedList {
  /** Rows. */
  readonly length: number;
  /** [≥ length]: what the rows are worth, block by block. */
  readonly gains: Float64Array;
  /** [≥ blocks]: where each block ends. */
  readonly ends: Int32Array;
  readonly blocks: number;
  /** [length or more]: the gains of all rows that could be in the list, the largest first. */
  readonly best: () => Float64Array;
}

/** A measure of one list; undefined where it has none. */
export type ListMeasure = (list: RankedList) => number | undefined;

/** Calls `visit` for each block with its first position, its rows and how many of them have a gain, until it returns false. */
function eachBlock(list: RankedList, visit: (start: number, rows: number, relevant: number) => boolean): void {
  let start = 0;
  for (let block = 0; block < list.blocks; block++) {
    const end = list.ends[block]!;
    let relevant = 0;
    for (let i = start; i < end; i++) if (list.gains[i]! > 0) relevant += 1;
    if (!visit(start, end - start, relevant)) return;
    start = end;
  }
}

/** How many rows of all have a gain. */
function relevantOf({ best }: RankedList): number {
  const gains = best();
  let count = 0;
  while (count < gains.length && gains[count]! > 0) count += 1;
  return count;
}

/** Discounted gain over the first `at` positions, divided by that of the best order. */
export function ndcgOf(at: number, worth: (gain: number) => number): ListMeasure {
  return (list) => {
    let most = 0;
    const best = list.best();
    for (let i = 0; i < Math.min(at, best.length); i++) most += worth(best[i]!) / Math.log2(i + 2);
    if (most <= 0) return undefined;
    let sum = 0;
    let start = 0;
    for (let block = 0; block < list.blocks && start < at; block++) {
      const end = list.ends[block]!;
      if (end === start + 1) {
        // As the best order sums it, so that a list in the best order has exactly 1.
        sum += worth(list.gains[start]!) / Math.log2(start + 2);
        start = end;
        continue;
      }
      let gain = 0;
      let discount = 0;
      for (let i = start; i < end; i++) {
        gain += worth(list.gains[i]!);
        if (i < at) discount += 1 / Math.log2(i + 2);
      }
      sum += (gain / (end - start)) * discount;
      start = end;
    }
    return sum / most;
  };
}

/** The mean number of relevant rows among the first `at`. */
function found(list: RankedList, at: number): number {
  let sum = 0;
  eachBlock(list, (start, rows, relevant) => {
    if (start >= at) return false;
    sum += (relevant * Math.min(at - start, rows)) / rows;
    return true;
  });
  return sum;
}

/** The relevant rows among the first `at`, divided by `at`. */
export function precisionOf(at: number): ListMeasure {
  return (list) => (relevantOf(list) === 0 ? undefined : found(list, at) / at);
}

/** The relevant rows among the first `at`, divided by all of them. */
export function recallOf(at: number): ListMeasure {
  return (list) => {
    const relevant = relevantOf(list);
    return relevant === 0 ? undefined : found(list, at) / relevant;
  };
}

/** The chance that a relevant row is among the first `at`. */
export function hitRateOf(at: number): ListMeasure {
  return (list) => {
    if (relevantOf(list) === 0) return undefined;
    let missed = 1;
    eachBlock(list, (start, rows, relevant) => {
      const drawn = Math.min(at - start, rows);
      for (let i = 0; i < drawn; i++) missed *= Math.max(0, rows - relevant - i) / (rows - i);
      return start + rows < at && missed > 0;
    });
    return 1 - missed;
  };
}

/** One over the position, from 1, of the first relevant row; 0 where it is not among the first `at`. */
export function reciprocalRankOf(at: number): ListMeasure {
  return (list) => {
    if (relevantOf(list) === 0) return undefined;
    let sum = 0;
    eachBlock(list, (start, rows, relevant) => {
      if (relevant === 0) return start + rows < at;
      // The chance that the first relevant row of the block is its row i.
      let chance = relevant / rows;
      for (let i = 0; i <= rows - relevant && start + i < at; i++) {
        sum += chance / (start + i + 1);
        chance *= (rows - relevant - i) / (rows - i - 1);
      }
      return false;
    });
    return sum;
  };
}

/** The mean of the precision at each relevant row among the first `at`, over as many rows as could be there. */
export function averagePrecisionOf(at: number): ListMeasure {
  return (list) => {
    const all = relevantOf(list);
    if (all === 0) return undefined;
    let sum = 0;
    let before = 0;
    eachBlock(list, (start, rows, relevant) => {
      const share = relevant / rows;
      // Of the rows of the block before a relevant one.
      const others = rows > 1 ? (relevant - 1) / (rows - 1) : 0;
      for (let i = 0; i < rows && start + i < at; i++) sum += (share * (before + 1 + i * others)) / (start + i + 1);
      before += relevant;
      return start + rows < at;
    });
    return sum / Math.min(all, at);
  };
}
