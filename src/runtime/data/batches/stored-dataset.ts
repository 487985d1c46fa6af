/**
 * A data set over records in a file. Those that fit are held in memory; of others, one window of rows at a time. Both give
 * the same batches.
 */
import { createHash } from "node:crypto";
import { closeSync } from "node:fs";
import { basename } from "node:path";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { sha256 } from "../../artifact/hash.js";
import { DamagedEntry } from "./cache.js";
import type { BatchOptions, Dataset, EncodedBatch, EncodingReport } from "./dataset.js";
import { openReadAhead, type ReadAhead, type WindowsAhead } from "./ahead.js";
import { arrangeLists, batchCodes, withLists } from "./batch-lists.js";
import { countListBatches, indexLists, listBatches, type ListIndex } from "./lists.js";
import type { RecordHashes } from "../encode/encode.js";
import {
  copyBatch,
  copyRecords,
  createBatch,
  createRecords,
  createSharedRecords,
  cutBatch,
  padBatch,
  recordBytes,
  type Records,
  rowsOfBatch,
  viewRecords,
} from "./records.js";
import { largestRead, loadRows, loadWindow, openRecords, readInto } from "./record-file.js";
import { fileOrder, shuffledOrder, windowRows } from "./shuffle.js";
import type { WindowKey, WindowsSource } from "./windows.js";

export interface StoredDataset {
  /** File of the records. */
  readonly rowsFile: string;
  /** The column of the groups. */
  readonly group?: string;
  /** File of the groups' codes, int32 a row; absent without groups. */
  readonly groupsFile?: string;
  /** File of the lists' codes, int32 a row; absent where the groups are the lists, or there are none. */
  readonly listsFile?: string;
  /** Files of the codes of other columns that rows are grouped by, int32 a row. */
  readonly groupedBy?: readonly { readonly column: string; readonly file: string }[];
  readonly rows: number;
  readonly layout: BatchLayout;
  readonly report: EncodingReport;
  readonly hashes: RecordHashes;
}

/** Bytes that are hashed at once where the records are not held. */
const hashedBytes = 1 << 21;

/** A data set that another thread can open too: what it says of itself, and what is held of it. */
export interface StoredRows extends Dataset {
  readonly inMemory: boolean;
  readonly share: () => SharedDataset;
}

/** What a thread tells another of a data set whose files it has held against their hashes. */
export interface SharedDataset {
  readonly stored: StoredDataset;
  /** Absent: they are read from their file. */
  readonly records: ArrayBufferLike | undefined;
  readonly codes: Codes;
}

/** Codes in file order, int32 a row. */
interface Codes {
  readonly groups: Int32Array | undefined;
  /** Those of lists; of groups, where these are the lists. */
  readonly lists: Int32Array | undefined;
  readonly groupedBy: ReadonlyMap<string, Int32Array>;
}

type OpenAhead = (source: WindowsSource, layout: BatchLayout, rows: number) => ReadAhead | undefined;

export interface OpenStored {
  /** Bytes of records up to which they are read into memory. */
  readonly memory: number;
  /** Whether the caller has just written the records, and their hash with them: they are not read for it again. */
  readonly isOurs?: boolean;
}

/**
 * Opens a stored data set. Windows of shuffled rows are put in order ahead. Every byte that others may have written is held against the hashes.
 * Throws {@link DamagedEntry} when a file is not what was written.
 */
export function openStoredDataset(
  stored: StoredDataset,
  { memory, isOurs = false }: OpenStored,
  openAhead: OpenAhead = openReadAhead,
): StoredRows {
  const { layout, rows, hashes } = stored;
  const bytes = rows * recordBytes(layout);
  const codes = readCodes(stored);
  const file = openRecords(stored.rowsFile, bytes);
  const held = bytes <= memory ? createSharedRecords(layout, rows) : undefined;
  let isOpen = false;
  try {
    if (held !== undefined) readInto(file, held, 0, 0, bytes);
    if (!isOurs && (held === undefined ? hashFile(file, bytes) : hashRecords(held, bytes)) !== hashes.rows)
      throw mismatch(stored.rowsFile);
    isOpen = held === undefined;
  } finally {
    if (!isOpen) closeSync(file);
  }
  return datasetOf({ stored, codes, source: held ?? file }, openAhead);
}

/** Opens what another thread shares; nothing is held against hashes again. */
export function openSharedDataset(
  { stored, records, codes }: SharedDataset,
  openAhead: OpenAhead = openReadAhead,
): StoredRows {
  const { rowsFile, rows, layout } = stored;
  const source = records === undefined ? openRecords(rowsFile, rows * recordBytes(layout)) : viewRecords(records);
  return datasetOf({ stored, codes, source }, openAhead);
}

function readCodes({ groupsFile, listsFile, groupedBy, rows, hashes }: StoredDataset): Codes {
  const groups = groupsFile === undefined ? undefined : readGroups(groupsFile, rows, hashes.groups);
  return {
    groups,
    lists: listsFile === undefined ? groups : readGroups(listsFile, rows, hashes.lists),
    groupedBy: new Map(
      groupedBy?.map(({ column, file }, index) => [column, readGroups(file, rows, hashes.groupedBy?.[index])]),
    ),
  };
}

interface Contents {
  readonly stored: StoredDataset;
  readonly codes: Codes;
  /** All records, or their open file. */
  readonly source: Records | number;
}

function datasetOf({ stored, codes, source }: Contents, openAhead: OpenAhead): StoredRows {
  const { layout, rows, report, hashes } = stored;
  const { groups, lists: listCodes, groupedBy } = codes;
  const rowBytes = recordBytes(layout);
  const file = typeof source === "number" ? source : undefined;
  const held = typeof source === "number" ? undefined : source;
  let isOpen = file !== undefined;
  let index: ListIndex | undefined;
  const lists = (): ListIndex | undefined => (index ??= listCodes === undefined ? undefined : indexLists(listCodes));
  const ahead = openAhead(held?.words ?? stored.rowsFile, layout, rows);

  function* batches(options: BatchOptions): IterableIterator<EncodedBatch> {
    if (options.lists === "whole") {
      yield* batchesOfLists(options);
      return;
    }
    const own = options.lists === "split" ? batchCodes(listCodes, options.size) : undefined;
    const early = options.shuffle === undefined || own !== undefined ? undefined : ahead?.enter();
    try {
      yield* batchesInOrder({ layout, rows, source, codes: own, early }, options);
    } finally {
      early?.leave();
    }
  }

  function* batchesOfLists(options: BatchOptions): IterableIterator<EncodedBatch> {
    const { size, skip = 0, pad } = options;
    const found = lists();
    if (found === undefined) throw new Error("the data set was opened without lists");
    const batch = createBatch(layout, size);
    const buffer = held ?? createRecords(layout, size);
    for (const { rows: wanted, lengths } of listBatches(found, options, skip)) {
      const places = file === undefined ? wanted : loadRows(wanted, buffer, rowBytes, file);
      copyRecords(buffer, layout, places, 0, wanted.length, batch, 0);
      const filled = wanted.length;
      if (pad) padBatch(batch, layout, filled);
      const cut = pad ? { ...batch, rows: filled } : cutBatch(batch, layout, filled);
      yield { ...cut, lists: arrangeLists(lengths, cut.size) };
    }
  }

  return {
    rows,
    layout,
    report,
    inMemory: held !== undefined,
    share: () => ({ stored, records: held?.words.buffer, codes }),
    batches,
    hash: sha256(`${hashes.rows} ${hashes.groups ?? ""}${hashes.lists === undefined ? "" : ` ${hashes.lists}`}`),
    batchCount: ({ lists: isByList, dropLast, ...order }) => {
      const found = isByList === "whole" ? lists() : undefined;
      if (found !== undefined) return countListBatches(found, order);
      return dropLast === true && rows >= order.size ? Math.floor(rows / order.size) : Math.ceil(rows / order.size);
    },
    lists,
    groups: (column) => (column === undefined || column === stored.group ? groups : groupedBy.get(column)),
    close: () => {
      ahead?.close();
      if (isOpen && file !== undefined) closeSync(file);
      isOpen = false;
    },
  };
}

/** Where batches of an order come from. */
interface OrderedRows {
  readonly layout: BatchLayout;
  readonly rows: number;
  /** All records, or their file. */
  readonly source: Records | number;
  /** Lists of the rows, where batches have parts of them. */
  readonly codes: ReturnType<typeof batchCodes> | undefined;
  /** Windows that may be in order already. */
  readonly early: WindowsAhead | undefined;
}

/** Batches of rows in the order of the file, or of an epoch. */
function* batchesInOrder(
  { layout, rows, source, codes, early }: OrderedRows,
  { size, shuffle, skip = 0, pad, dropLast }: BatchOptions,
): IterableIterator<EncodedBatch> {
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
    const arranged = shuffle === undefined ? undefined : early?.take({ ...shuffle, window: i });
    if (shuffle !== undefined) early?.want(windowAfter(shuffle, i, order.windows));
    const places = indices.subarray(0, window.rows);
    if (arranged === undefined) {
      loadWindow(window, buffer, recordBytes(layout), source);
      for (let row = 0; row < window.rows; row++) places[row] = row;
      window.arrange(places);
    }
    for (let at = Math.max(0, start - window.first); at < window.rows;) {
      const count = Math.min(size - filled, window.rows - at);
      const from = at;
      at += count;
      if (arranged === undefined) copyRecords(buffer, layout, places, from, count, batch, filled);
      else {
        const part = rowsOfBatch(arranged, layout, from, count);
        if (count === size) {
          yield part;
          continue;
        }
        copyBatch(part, layout, batch, filled);
      }
      codes?.take(window, places.subarray(from, at), filled);
      filled += count;
      if (filled < size) continue;
      yield withLists(batch, codes?.first(filled));
      filled = 0;
    }
  }
  if (filled === 0 || (dropLast === true && rows >= size)) return;
  if (!pad) {
    yield withLists(cutBatch(batch, layout, filled), codes?.first(filled));
    return;
  }
  padBatch(batch, layout, filled);
  yield withLists({ ...batch, rows: filled }, codes?.first(filled));
}

/** The window that a training reads next: of this epoch, or the first of the one after it. */
function windowAfter({ seed, epoch }: Omit<WindowKey, "window">, window: number, windows: number): WindowKey {
  return window + 1 < windows ? { seed, epoch, window: window + 1 } : { seed, epoch: epoch + 1, window: 0 };
}

function hashRecords({ words: { buffer, byteOffset } }: Records, bytes: number): string {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes; at += largestRead)
    hash.update(new Uint8Array(buffer, byteOffset + at, Math.min(largestRead, bytes - at)));
  return hash.digest("hex");
}

function hashFile(file: number, bytes: number): string {
  const hash = createHash("sha256");
  const buffer = viewRecords(new ArrayBuffer(Math.min(hashedBytes, bytes)));
  for (let at = 0; at < bytes; at += hashedBytes) {
    const count = Math.min(hashedBytes, bytes - at);
    readInto(file, buffer, 0, at, count);
    hash.update(new Uint8Array(buffer.words.buffer, 0, count));
  }
  return hash.digest("hex");
}

function readGroups(path: string, rows: number, expected: string | undefined): Int32Array {
  const file = openRecords(path, rows * 4);
  try {
    const records = viewRecords(new ArrayBuffer(rows * 4));
    readInto(file, records, 0, 0, rows * 4);
    if (hashRecords(records, rows * 4) !== expected) throw mismatch(path);
    return records.words;
  } finally {
    closeSync(file);
  }
}

function mismatch(path: string): DamagedEntry {
  return new DamagedEntry(`\`${basename(path)}\` does not match its hash`);
}
