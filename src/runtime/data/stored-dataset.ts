/**
 * A data set over records in a file. Those that fit are held in memory; of others, one window of rows at a time. Both give
 * the same batches.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { BatchLayout } from "../../compiler/model/layout.js";
import type { BatchOptions, Dataset, EncodedBatch, EncodingReport } from "./dataset.js";
import { copyRecords, createBatch, createRecords, cutBatch, padBatch, recordBytes, type Records } from "./records.js";
import { fileOrder, shuffledOrder, type Window, windowRows } from "./shuffle.js";

export interface StoredDataset {
  /** File of the records. */
  readonly rowsFile: string;
  /** File of the groups' codes, int32 a row; absent without groups. */
  readonly groupsFile?: string;
  readonly rows: number;
  readonly layout: BatchLayout;
  readonly report: EncodingReport;
}

/** Bytes of one read: Node cannot read 2 GiB at once. */
const largestRead = 1 << 28;

/** Opens a stored data set; its records are read into memory when they are no more than `memory` bytes. */
export function openStoredDataset(stored: StoredDataset, memory: number): Dataset & { readonly inMemory: boolean } {
  const { layout, rows, report, groupsFile } = stored;
  const rowBytes = recordBytes(layout);
  const inMemory = rows * rowBytes <= memory;
  const file = openSync(stored.rowsFile, "r");
  const held = inMemory ? createRecords(layout, rows) : undefined;
  if (held !== undefined) {
    readInto(file, held, 0, 0, rows * rowBytes);
    closeSync(file);
  }
  let isOpen = !inMemory;

  function* batches({ size, shuffle, skip = 0, pad }: BatchOptions): IterableIterator<EncodedBatch> {
    const order = shuffle === undefined ? fileOrder(rows) : shuffledOrder(rows, shuffle.seed, shuffle.epoch);
    const batch = createBatch(layout, size);
    // Rows are taken from a window's own memory, which is small enough for the processor's caches.
    const buffer = createRecords(layout, Math.min(rows, windowRows));
    const indices = new Int32Array(Math.min(rows, windowRows));
    const start = skip * size;
    let filled = 0;
    // A window may be a block short, so that the row sought is in this one or the next.
    for (let i = Math.floor(start / windowRows); i < order.windows; i++) {
      const window = order.window(i);
      if (window.first + window.rows <= start) continue;
      loadWindow(window, buffer, rowBytes, held ?? file);
      const places = indices.subarray(0, window.rows);
      for (let row = 0; row < window.rows; row++) places[row] = row;
      window.arrange(places);
      for (let at = Math.max(0, start - window.first); at < window.rows;) {
        const count = Math.min(size - filled, window.rows - at);
        copyRecords(buffer, layout, places, at, count, batch, filled);
        at += count;
        filled += count;
        if (filled < size) continue;
        yield batch;
        filled = 0;
      }
    }
    if (filled === 0) return;
    if (!pad) {
      yield cutBatch(batch, layout, filled);
      return;
    }
    padBatch(batch, layout, filled);
    yield { ...batch, rows: filled };
  }

  return {
    rows,
    layout,
    report,
    inMemory,
    batches,
    groups: () => (groupsFile === undefined ? undefined : readGroups(groupsFile)),
    close: () => {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

/** Copies the rows of a window, in the order of its runs, from all records or from their file. */
function loadWindow({ runs }: Window, buffer: Records, rowBytes: number, source: Records | number): void {
  const rowWords = rowBytes / 4;
  let at = 0;
  for (const { start, rows } of runs) {
    if (typeof source === "number") readInto(source, buffer, at * rowBytes, start * rowBytes, rows * rowBytes);
    else buffer.words.set(source.words.subarray(start * rowWords, (start + rows) * rowWords), at * rowWords);
    at += rows;
  }
}

function readInto(file: number, { words }: Records, at: number, position: number, bytes: number): void {
  for (let done = 0; done < bytes;) {
    const target = new Uint8Array(words.buffer, words.byteOffset + at + done, Math.min(bytes - done, largestRead));
    const read = readSync(file, target, 0, target.length, position + done);
    if (read === 0) throw new Error("a file of encoded rows is shorter than its description says");
    done += read;
  }
}

function readGroups(path: string): Int32Array {
  const file = openSync(path, "r");
  try {
    const words = new Int32Array(fstatSync(file).size / 4);
    readInto(file, { words, floats: new Float32Array(words.buffer) }, 0, 0, words.byteLength);
    return words;
  } finally {
    closeSync(file);
  }
}
