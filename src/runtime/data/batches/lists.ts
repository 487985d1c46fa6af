/**
 * Lists of rows, and batches that keep them whole: an epoch goes through the lists, in file order or shuffled, and a list that
 * does not fit begins the next batch. Everything is a function of (codes, size, seed, epoch).
 */
import { createRandom, shuffle as shuffleItems } from "./random.js";

/** The rows of each list, together, in file order; lists in the order of their first rows. */
export interface ListIndex {
  readonly count: number;
  /** Rows of the longest list; 0 without rows. */
  readonly longest: number;
  /** [rows]: list 0, then list 1, …. */
  readonly rows: Int32Array;
  /** [count + 1]: where each list begins in `rows`, and the end. */
  readonly starts: Int32Array;
}

/** `codes`: of each row the code of its list; a row with a negative one is a list by itself. */
export function indexLists(codes: Int32Array): ListIndex {
  const lists = new Int32Array(codes.length);
  const known = new Map<number, number>();
  let count = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    const list = code < 0 ? undefined : known.get(code);
    lists[row] = list ?? count;
    if (list !== undefined) continue;
    if (code >= 0) known.set(code, count);
    count += 1;
  }
  const starts = new Int32Array(count + 1);
  for (const list of lists) starts[list + 1]! += 1;
  let longest = 0;
  for (let list = 0; list < count; list++) {
    longest = Math.max(longest, starts[list + 1]!);
    starts[list + 1]! += starts[list]!;
  }
  const next = starts.slice();
  const rows = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) rows[next[lists[row]!]!++] = row;
  return { count, longest, rows, starts };
}

/** Lists that are longer than a batch, which are cut. */
export function countLongLists({ starts, count }: ListIndex, size: number): number {
  let long = 0;
  for (let list = 0; list < count; list++) if (starts[list + 1]! - starts[list]! > size) long += 1;
  return long;
}

/** Part of a list, or all of it: rows `[from, from + rows)` of its own order. */
interface Piece {
  readonly list: number;
  readonly from: number;
  readonly rows: number;
}

/** The pieces of each batch of an epoch, in their order. */
function* packs(index: ListIndex, { size, shuffle }: ListOrder): IterableIterator<readonly Piece[]> {
  const order = Int32Array.from({ length: index.count }, (_, list) => list);
  if (shuffle !== undefined) shuffleItems(order, createRandom(shuffle.seed, shuffle.epoch, 0));
  let pieces: Piece[] = [];
  let filled = 0;
  for (const list of order) {
    const rows = index.starts[list + 1]! - index.starts[list]!;
    // Parts of nearly one size: a last one of few rows would have few pairs.
    const parts = Math.ceil(rows / size);
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((part * rows) / parts);
      const count = Math.floor(((part + 1) * rows) / parts) - from;
      if (filled + count > size) {
        yield pieces;
        pieces = [];
        filled = 0;
      }
      pieces.push({ list, from, rows: count });
      filled += count;
    }
  }
  if (pieces.length > 0) yield pieces;
}

/** Rows of a batch, and the order of lists; without `shuffle` that of their first rows. */
export interface ListOrder {
  readonly size: number;
  readonly shuffle?: { readonly seed: number; readonly epoch: number };
}

export function countListBatches(index: ListIndex, order: ListOrder): number {
  let batches = 0;
  for (const _ of packs(index, order)) batches += 1;
  return batches;
}

/** Rows of a batch and how many of them are of each list, one after the other. */
export interface ListBatch {
  readonly rows: Int32Array;
  readonly lengths: readonly number[];
}

/** The batches of an epoch from number `skip` on. A list that is cut has its rows in another order each shuffled epoch. */
export function* listBatches(index: ListIndex, order: ListOrder, skip: number): IterableIterator<ListBatch> {
  let batch = 0;
  for (const pieces of packs(index, order)) {
    if (batch++ < skip) continue;
    const lengths = pieces.map(({ rows }) => rows);
    const rows = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      rows.set(rowsOf(index, piece, order), at);
      at += piece.rows;
    }
    yield { rows, lengths };
  }
}

function rowsOf({ rows, starts }: ListIndex, { list, from, rows: count }: Piece, { shuffle }: ListOrder): Int32Array {
  const all = rows.subarray(starts[list]!, starts[list + 1]!);
  if (all.length === count || shuffle === undefined) return all.subarray(from, from + count);
  const shuffled = all.slice();
  shuffleItems(shuffled, createRandom(shuffle.seed, shuffle.epoch, 1, list));
  return shuffled.subarray(from, from + count);
}
