/** Windows of shuffled rows as arrays in the order of the epoch: what a thread does ahead of a training. */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { EncodedBatch } from "./dataset.js";
import { loadWindow, openRecords } from "./record-file.js";
import { batchOver, copyRecords, createRecords, recordBytes, type Records, recordWords } from "./records.js";
import { type Order, shuffledOrder, type Window, windowRows } from "./shuffle.js";

/** A window of shuffled rows. */
export interface WindowKey {
  readonly seed: number;
  readonly epoch: number;
  readonly window: number;
}

/** All records, in memory that threads share, or the path of their file. */
export type WindowsSource = Int32Array | string;

export interface WindowsSetup {
  readonly source: WindowsSource;
  readonly layout: BatchLayout;
  readonly rows: number;
  /** The addon of the fused engine, which copies rows in a third of the time; absent: without it. */
  readonly steps?: string;
}

/** Copies the stored rows at `places` into a batch of as many, in their order. */
export type CopyRows = (records: Records, layout: BatchLayout, places: Int32Array, batch: EncodedBatch) => void;

export interface WindowJob extends WindowKey {
  /** Where the rows are put, as a batch of them. */
  readonly into: SharedArrayBuffer;
}

/** Puts a window's rows in order, and says how many they are. */
export type Arrange = (job: WindowJob) => number;

/** Throws {@link DamagedEntry}, at once or in a job, where a file is not what it was. */
export function createArrange({ source, layout, rows }: WindowsSetup, copy: CopyRows = copyTouched): Arrange {
  const places = new Int32Array(Math.min(rows, windowRows));
  const find = typeof source === "string" ? findInFile(source, layout, rows) : findInMemory(source);
  let last: { readonly seed: number; readonly epoch: number; readonly order: Order } | undefined;
  return ({ seed, epoch, window: index, into }) => {
    if (last?.seed !== seed || last.epoch !== epoch) last = { seed, epoch, order: shuffledOrder(rows, seed, epoch) };
    const window = last.order.window(index);
    const wanted = places.subarray(0, window.rows);
    const records = find(window, wanted);
    window.arrange(wanted);
    copy(records, layout, wanted, batchOver(into, layout, wanted.length));
    return wanted.length;
  };
}

function copyTouched(records: Records, layout: BatchLayout, places: Int32Array, batch: EncodedBatch): void {
  for (let from = 0; from < places.length; from += touchedRows) {
    const count = Math.min(touchedRows, places.length - from);
    touched.word ^= touch(records.words, recordWords(layout), places.subarray(from, from + count));
    copyRecords(records, layout, places, from, count, batch, from);
  }
}

/** Rows that are read a little before they are copied. */
const touchedRows = 64;
/** Where a word is put, so that compilers do not leave the reading out. */
const touched = { word: 0 };
/** Words of a line of the caches. */
const lineWords = 16;

/** Reads a word of each line of some rows: many of them come from the memory at once, where copying waits for one row after another. */
function touch(words: Int32Array, stride: number, rows: Int32Array): number {
  let read = 0;
  for (let i = 0; i < rows.length; i++)
    for (let at = rows[i]! * stride, end = at + stride; at < end; at += lineWords) read ^= words[at]!;
  return read;
}

/** The records that have the rows of a window, and in `places` where each of these is, in the order of the runs. */
type FindRows = (window: Window, places: Int32Array) => Records;

function findInMemory(words: Int32Array): FindRows {
  const held: Records = { words, floats: new Float32Array(words.buffer, words.byteOffset, words.length) };
  return ({ runs }, places) => {
    let at = 0;
    for (const { start, rows } of runs) for (let row = 0; row < rows; row++) places[at++] = start + row;
    return held;
  };
}

function findInFile(path: string, layout: BatchLayout, rows: number): FindRows {
  const rowBytes = recordBytes(layout);
  // It stays open as long as the thread that reads it lives.
  const file = openRecords(path, rows * rowBytes);
  const buffer = createRecords(layout, Math.min(rows, windowRows));
  return (window, places) => {
    loadWindow(window, buffer, rowBytes, file);
    for (let row = 0; row < places.length; row++) places[row] = row;
    return buffer;
  };
}
