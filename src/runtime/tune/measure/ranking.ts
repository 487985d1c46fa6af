/** The order that scores give to a log, made once for all measures of one trial. */
import { ascendingOrderOfDoubles, splitByGroup } from "../../../compiler/metrics/index.js";
import type { LogRows } from "./log-rows.js";

/** Lists of rows, one per request, best first. */
export interface Lists {
  readonly rows: Int32Array;
  /** List of request g: rows[starts[g] … starts[g + 1]). */
  readonly starts: Int32Array;
}

export interface Ranking {
  readonly scores: Float64Array;
  /** All rows, the smallest score first. */
  readonly ascending: Int32Array;
  /** Rows of each request, the smallest score first. */
  readonly ascendingByRequest: Lists;
  /** What each request shows. */
  readonly lists: Lists;
}

/** @param lists what the rules make of the scores; absent: the rows of each request by score. */
export function createRanking(log: LogRows, scores: Float64Array, lists?: Lists): Ranking {
  const ascending = ascendingOrderOfDoubles(scores);
  const byRequest = splitByGroup(ascending, log.requests);
  return { scores, ascending, ascendingByRequest: byRequest, lists: lists ?? descending(byRequest, scores) };
}

/** Equal scores by a hash of the row: the order of a log may know its labels, and an id does not. */
function descending({ rows, starts }: Lists, scores: Float64Array): Lists {
  const reversed = new Int32Array(rows.length);
  for (let g = 0; g + 1 < starts.length; g++) {
    const [start, end] = [starts[g]!, starts[g + 1]!];
    for (let i = start; i < end; i++) reversed[start + end - 1 - i] = rows[i]!;
    for (let i = start; i < end;) {
      let tied = i + 1;
      while (tied < end && scores[reversed[tied]!] === scores[reversed[i]!]) tied++;
      if (tied - i > 1) reversed.subarray(i, tied).sort((a, b) => scramble(a) - scramble(b) || a - b);
      i = tied;
    }
  }
  return { rows: reversed, starts };
}

function scramble(row: number): number {
  const h = Math.imul(row ^ (row >>> 16), 0x7feb352d);
  return Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
}
