/** Which rows of a batch are of one list. */
import type { BatchLists, EncodedBatch } from "./dataset.js";
import { indexLists } from "./lists.js";
import type { Window } from "./shuffle.js";

/** The lists of a batch whose rows are those of the first list, then of the second, …. */
export function arrangeLists(lengths: readonly number[], size: number): BatchLists {
  const length = Math.max(...lengths);
  const groups = new Int32Array(size);
  const members = new Int32Array(lengths.length * length).fill(-1);
  let row = 0;
  for (const [list, count] of lengths.entries())
    for (let place = 0; place < count; place++, row++) {
      groups[row] = list;
      members[list * length + place] = row;
    }
  return { count: lengths.length, length, groups, members };
}

/** The codes of the lists of a batch's rows, as the batch is filled. */
interface BatchCodes {
  /** Some rows of a window, by their indices in its runs one after another: where they go in the batch begins at `to`. */
  take(window: Window, places: Int32Array, to: number): void;
  /** Those of the first rows. */
  first(rows: number): Int32Array;
}

/** `codes`: of each row of the data; negative: a list by itself. Batches have at most `size` rows. */
export function batchCodes(codes: Int32Array | undefined, size: number): BatchCodes {
  if (codes === undefined) throw new Error("the data set was opened without lists");
  const taken = new Int32Array(size);
  let last: Window | undefined;
  let ofWindow = new Int32Array(0);
  return {
    take: (window, places, to) => {
      if (window !== last) ofWindow = codesOf(codes, window);
      last = window;
      for (let k = 0; k < places.length; k++) taken[to + k] = ofWindow[places[k]!]!;
    },
    first: (rows) => taken.subarray(0, rows),
  };
}

function codesOf(codes: Int32Array, window: Window): Int32Array<ArrayBuffer> {
  const found = new Int32Array(window.rows);
  let at = 0;
  for (const { start, rows } of window.runs) {
    found.set(codes.subarray(start, start + rows), at);
    at += rows;
  }
  return found;
}

/** The batch with the lists that its rows make; as it is without codes. */
export function withLists(batch: EncodedBatch, codes: Int32Array | undefined): EncodedBatch {
  if (codes === undefined) return batch;
  const { count, longest, rows, starts } = indexLists(codes);
  const groups = new Int32Array(batch.size);
  const members = new Int32Array(count * longest).fill(-1);
  for (let list = 0; list < count; list++) {
    const own = rows.subarray(starts[list]!, starts[list + 1]!);
    members.set(own, list * longest);
    for (const row of own) groups[row] = list;
  }
  return { ...batch, lists: { count, length: longest, groups, members } };
}
