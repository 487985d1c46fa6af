/** Windows of shuffled rows as arrays in the order of the epoch: what a thread does ahead of a training. */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { batchOver, copyRecords, type Records } from "./records.js";
import { type Order, shuffledOrder, windowRows } from "./shuffle.js";

/** A window of shuffled rows. */
export interface WindowKey {
  readonly seed: number;
  readonly epoch: number;
  readonly window: number;
}

export interface WindowsSetup {
  /** All records, in memory that threads share. */
  readonly words: Int32Array;
  readonly layout: BatchLayout;
  readonly rows: number;
}

export interface WindowJob extends WindowKey {
  /** Where the rows are put, as a batch of them. */
  readonly into: SharedArrayBuffer;
}

/** Puts a window's rows in order, and says how many they are. */
export type Arrange = (job: WindowJob) => number;

export function createArrange({ words, layout, rows }: WindowsSetup): Arrange {
  const held: Records = { words, floats: new Float32Array(words.buffer, words.byteOffset, words.length) };
  const places = new Int32Array(Math.min(rows, windowRows));
  let last: { readonly seed: number; readonly epoch: number; readonly order: Order } | undefined;
  return ({ seed, epoch, window: index, into }) => {
    if (last?.seed !== seed || last.epoch !== epoch) last = { seed, epoch, order: shuffledOrder(rows, seed, epoch) };
    const window = last.order.window(index);
    let at = 0;
    for (const run of window.runs) for (let row = 0; row < run.rows; row++) places[at++] = run.start + row;
    window.arrange(places.subarray(0, at));
    copyRecords(held, layout, places, 0, at, batchOver(into, layout, at), 0);
    return at;
  };
}
