/** Kernels in a memory of their own, for lines that are read and for texts that are there. */
import { encodeModule, importedFrom, type ModuleFunction } from "../../../compiler/wasm/index.js";
import { webAssembly } from "../../web-assembly.js";
import { endsSlack, entryMasks, fillEntries, findEnds } from "./line-kernels.js";
import {
  hashSeeds,
  idsOfCodes,
  type Mixed,
  mixColumn,
  mixed,
  nullId,
  outsideId,
  rowsOfColumns,
} from "./row-kernels.js";
import { decimalsOfEntries, decimalTables, wholesOfEntries, wholeTables } from "./text-kernels.js";

/** Rows whose entries have room. */
export const kernelRows = 2048;
const entryBytes = 16;
const pageBytes = 2 ** 16;

/** What short texts spell. Entries are put into `entries`; what is given is good until the next call. */
export interface TextKernels {
  readonly entries: Int32Array<ArrayBuffer>;
  /** The whole number below `below` that each of the first `rows` texts is, −1 for others. */
  wholes(rows: number, below: number): Int32Array<ArrayBuffer>;
  /** The plain decimal that each is, NaN for an empty text and for others. */
  decimals(rows: number): Decimals;
}

export interface Decimals {
  readonly values: Float64Array;
  /** Whether there are texts besides decimals and empty ones. */
  readonly hasOthers: boolean;
}

/** The same of lines whose bytes are put into `bytes`. */
export interface LineKernels extends TextKernels {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  /**
   * Where the values of the next lines end, as far as `ends` has room; the number of these lines, undefined where one of them is not as wide as `ends` says, or a
   * delimiter has no space behind it. `isSpaced`: whether it is to have one.
   */
  findEnds(start: number, end: number, delimiter: number, isSpaced: boolean): number | undefined;
  /** Puts the entries of a column into `entries`; whether one of its texts is too long for that. The first value of all begins at `start`. */
  fillEntries(column: number, start: number, gap: number, rows: number): boolean;
}

type Kernel = (...numbers: number[]) => number;

interface Opened {
  readonly buffer: ArrayBuffer;
  readonly kernels: Readonly<Record<string, Kernel>>;
}

const functions: Readonly<Record<string, ModuleFunction>> = {
  findEnds,
  fillEntries,
  wholesOfEntries,
  decimalsOfEntries,
  rowsOfColumns,
  idsOfCodes,
  ...Object.fromEntries(mixed.map((what) => [`mix-${what}`, mixColumn(what)])),
};

let compiled: object | undefined;

/** Undefined where this process has no WebAssembly with SIMD. */
function open(bytes: number): Opened | undefined {
  if (webAssembly === undefined) return undefined;
  try {
    compiled ??= new webAssembly.Module(
      encodeModule({
        imports: [],
        pages: 1,
        functions: Object.entries(functions).map(([exported, each]) => ({ ...each, exported })),
      }),
    );
    const pages = Math.ceil(bytes / pageBytes);
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new webAssembly.Instance(compiled, { [importedFrom]: { memory } });
    return { buffer: memory.buffer, kernels: exports as unknown as Opened["kernels"] };
  } catch {
    return undefined;
  }
}

/** Addresses one behind the other, each at a multiple of 16. */
function createPlaces(): (bytes: number) => number {
  let next = 16;
  return (bytes) => {
    const place = next;
    next = Math.ceil((next + bytes) / 16) * 16;
    return place;
  };
}

function textKernelsIn(
  { buffer, kernels }: Opened,
  take: (bytes: number) => number,
): TextKernels & { readonly at: number } {
  const constants = (bytes: Uint8Array): number => {
    const place = take(bytes.length);
    new Uint8Array(buffer).set(bytes, place);
    return place;
  };
  const [wholesBy, decimalsBy] = [constants(wholeTables()), constants(decimalTables())];
  const at = take(kernelRows * entryBytes);
  const entries = new Int32Array(buffer, at, kernelRows * 4);
  const wholes = new Int32Array(buffer, take(4 * kernelRows), kernelRows);
  const decimals = new Float64Array(buffer, take(8 * kernelRows), kernelRows);
  return {
    at,
    entries,
    wholes: (rows, below) => {
      if (rows > 0) kernels["wholesOfEntries"]!(at, wholesBy, below, wholes.byteOffset, rows);
      return wholes;
    },
    decimals: (rows) => ({
      values: decimals,
      hasOthers: rows > 0 && kernels["decimalsOfEntries"]!(at, decimalsBy, decimals.byteOffset, rows) !== 0,
    }),
  };
}

/** Bytes of tables, entries and what they spell. */
const textRoom = kernelRows * (entryBytes + 4 + 8) + 2 ** 12 + 2 ** 10;

let ofThread: TextKernels | "none" | undefined;

/** Those of this thread. */
export function textKernels(): TextKernels | undefined {
  if (ofThread === undefined) {
    const opened = open(textRoom);
    ofThread = opened === undefined ? "none" : textKernelsIn(opened, createPlaces());
  }
  return ofThread === "none" ? undefined : ofThread;
}

/** Kernels of their own memory, for lines of so many values of which so many bytes are there at once. */
export function openLineKernels(width: number, byteRoom: number): LineKernels | undefined {
  const endsBytes = 4 * kernelRows * width;
  const opened = open(textRoom + 4 + endsBytes + endsSlack + byteRoom + 2 ** 10);
  if (opened === undefined) return undefined;
  const { buffer, kernels } = opened;
  const take = createPlaces();
  const { at, ...texts } = textKernelsIn(opened, take);
  const masksBytes = entryMasks();
  const masks = take(masksBytes.length);
  new Uint8Array(buffer).set(masksBytes, masks);
  // Before the ends is the one of the row that is before the first.
  const endsAt = take(16 + endsBytes + endsSlack) + 16;
  const ends = new Int32Array(buffer, endsAt, kernelRows * width);
  const before = new Int32Array(buffer, endsAt - 4, 1);
  const bytesAt = take(byteRoom);
  return {
    ...texts,
    bytes: Buffer.from(buffer, bytesAt, byteRoom),
    ends,
    findEnds: (start, end, delimiter, isSpaced) => {
      const last = kernels["findEnds"]!(
        bytesAt,
        bytesAt + start,
        bytesAt + end,
        endsAt,
        endsAt + endsBytes,
        delimiter,
        isSpaced ? 1 : 0,
        width,
      );
      return last === 0 ? undefined : Math.min(endsBytes, last - endsAt) / (4 * width);
    },
    fillEntries: (column, start, gap, rows) => {
      const skipped = column === 0 ? 1 : gap;
      before[0] = start - skipped;
      return kernels["fillEntries"]!(bytesAt, endsAt + 4 * column, 4 * width, skipped, masks, at, rows) !== 0;
    },
  };
}

/** A table of ids by codes. */
export interface IdTable {
  readonly ids: Int32Array;
  /** The code whose id is the first. */
  readonly least: number;
  /** Codes from here on are in places that are `gap` before their own. */
  readonly from: number;
  readonly gap: number;
  /** The code of a null, besides which an id may say so. */
  readonly none: number;
  /** What a null becomes. */
  readonly unknown: number;
}

/** Words that lie column by column, what is made of columns, and the same as rows. Columns are `step` words apart, from a multiple of 16 bytes on. */
export interface RowKernels {
  /** Columns of so many words. */
  columns(step: number): { readonly words: Int32Array<ArrayBuffer>; readonly floats: Float32Array<ArrayBuffer> };
  /** The first `rows` rows; good until the next call. */
  rows(
    rows: number,
    step: number,
  ): { readonly words: Int32Array<ArrayBuffer>; readonly floats: Float32Array<ArrayBuffer> };
  /** Puts ids by a table into the place of codes; how many were null and how many 0. Undefined, with the codes as they were, where the table does not have them all. */
  pickIds(
    table: number,
    word: number,
    rows: number,
    step: number,
  ): { readonly nulls: number; readonly unseen: number } | undefined;
  /** The two hashes of each row as they are before any word. */
  resetHashes(rows: number): { readonly a: Int32Array; readonly b: Int32Array };
  /** Takes a column into the second or the first hash of its rows. */
  mix(isSecond: boolean, what: Mixed, word: number, rows: number, step: number): void;
}

/** For rows of `width` words, of columns of `most` words. */
export function openRowKernels(width: number, most: number, tables: readonly IdTable[]): RowKernels | undefined {
  const bytes = 4 * width * most;
  const tableBytes = tables.reduce((sum, { ids }) => sum + 4 * (ids.length + 2) + 16, 0);
  const opened = open(2 * bytes + 12 * most + tableBytes + 2 ** 10);
  if (opened === undefined) return undefined;
  const { buffer, kernels } = opened;
  const take = createPlaces();
  const [columnsAt, rowsAt, idsAt, foundAt] = [take(bytes), take(bytes), take(4 * most), take(12)];
  const hashesAt = [take(4 * most), take(4 * most)] as const;
  const [a, b] = hashesAt.map((at) => new Int32Array(buffer, at, most)) as [Int32Array, Int32Array];
  const tablesAt = tables.map(({ ids }) => {
    const at = take(4 * (ids.length + 2));
    const table = new Int32Array(buffer, at, ids.length + 2);
    table.set(ids);
    table.set([outsideId, nullId], ids.length);
    return at;
  });
  const viewsAt = (at: number, words: number) => ({
    words: new Int32Array(buffer, at, words),
    floats: new Float32Array(buffer, at, words),
  });
  const [allWords, ids, found] = [
    new Int32Array(buffer, columnsAt, width * most),
    idsAt / 4,
    new Int32Array(buffer, foundAt, 3),
  ];
  const made = viewsAt(rowsAt, width * most);
  return {
    columns: (step) => viewsAt(columnsAt, width * step),
    rows: (rows, step) => {
      kernels["rowsOfColumns"]!(columnsAt, rowsAt, rows, 4 * step, width);
      return made;
    },
    pickIds: (table, word, rows, step) => {
      if (rows === 0) return { nulls: 0, unseen: 0 };
      const { ids: own, least, from, gap, none, unknown } = tables[table]!;
      const codes = columnsAt + 4 * word * step;
      kernels["idsOfCodes"]!(
        codes,
        idsAt,
        tablesAt[table]!,
        own.length,
        least,
        from,
        gap,
        none,
        unknown,
        foundAt,
        rows,
      );
      const [nulls, unseen, outside] = found as unknown as readonly [number, number, number];
      if (outside !== 0) return undefined;
      allWords.set(new Int32Array(buffer, 4 * ids, rows), word * step);
      return { nulls, unseen };
    },
    resetHashes: (rows) => {
      a.fill(hashSeeds[0], 0, rows);
      b.fill(hashSeeds[1], 0, rows);
      return { a, b };
    },
    mix: (isSecond, what, word, rows, step) =>
      void kernels[`mix-${what}`]!(hashesAt[isSecond ? 1 : 0], columnsAt + 4 * word * step, rows),
  };
}
