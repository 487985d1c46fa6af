/**
 * Rows of files as blocks that other threads can make rows of: bytes of lines, or columns of cells. Most blocks end where rows
 * that belong together end.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { formatOfName } from "../../../compiler/formats/index.js";
import { emptyRecord } from "../../../compiler/text/index.js";
import { createFailure, Failure } from "../../failure.js";
import type { RawRow } from "../expressions/expression-evaluate.js";
import type { TextRules } from "../expressions/values.js";
import type { RowBlock } from "./block-rows.js";
import { createBlockBuilder, type QueryColumn } from "./cell-blocks.js";
import { rowOfLine } from "./flat/flat-table.js";
import { jsonRow } from "./json-rows.js";
import { findCut } from "./line-cuts.js";
import { type PlainTable, plainTable } from "./plain-table.js";
import { type ChunkUse, createChunkCells, type RawRowOptions, rulesOf, streamTable } from "./raw-rows.js";
import { linesOf } from "./text-lines.js";

/** A block in its place among the others. */
export interface PlacedBlock {
  readonly block: RowBlock;
  /** Whether the row after it begins something of its own; false where that is not known. */
  readonly isWhole: boolean;
  /** Gives its memory back: nobody reads the block any more. */
  readonly release: () => void;
}

/** What blocks are cut by. */
export interface RowCuts {
  /** The column that says which rows belong together, known by the first row of all; undefined: all of them do. */
  readonly columnOf: (first: RawRow) => string | undefined;
  /** Whether two rows never belong together. */
  readonly areApart: (one: RawRow | undefined, other: RawRow | undefined, column: string) => boolean;
  /** Bytes of lines from which a block is cut. */
  readonly bytes: number;
  /** Rows of a table from which a block is cut. */
  readonly rows: number;
}

/** Whether {@link streamRowBlocks} reads files of this name. */
export function hasBlocks(file: string, options: RawRowOptions): boolean {
  const format = formatOfName(file) ?? options.reading?.format;
  return format !== undefined && !(format === "jsonl" && file.toLowerCase().endsWith(".zst"));
}

/**
 * The rows of files of this machine, as {@link streamRawRowBatches} gives them. What cannot be read is told when all before it has been given: the last
 * rows as a block that is not whole.
 */
export async function* streamRowBlocks(
  files: readonly string[],
  options: RawRowOptions,
  cuts: RowCuts,
): AsyncGenerator<PlacedBlock, void, undefined> {
  let column: { readonly name: string | undefined } | undefined;
  const known: KnownCuts = { ...cuts, column: (first) => (column ??= { name: cuts.columnOf(first) }).name };
  const held: PlacedBlock[] = [];
  for (const file of files) {
    for await (const block of await blocksOf(file, options, known)) {
      held.push(block);
      // Which rows belong together is known before any is given.
      if (column !== undefined) yield* held.splice(0);
    }
  }
  yield* held;
}

async function blocksOf(
  file: string,
  options: RawRowOptions,
  cuts: KnownCuts,
): Promise<AsyncGenerator<PlacedBlock, void, undefined>> {
  const rules = rulesOf(options.reading);
  const format = formatOfName(file) ?? options.reading?.format;
  if (format === "jsonl") return lineBlocks(file, jsonLines(file, rules), options, cuts);
  const table = format === "csv" || format === "tsv" ? await plainTable(file, options) : undefined;
  return table === undefined
    ? cellBlocks(file, options, cuts)
    : lineBlocks(file, tableLines(table, rules), options, { ...cuts, bytes: Math.ceil(cuts.bytes / 2) });
}

/** What lines of a kind are read by. */
interface LinesReader {
  readonly path: string;
  /** Where the first line begins, in bytes. */
  readonly start: number;
  /** What a line holds; undefined for one that is no row. */
  readonly read: (line: Buffer) => RawRow | undefined;
  readonly blockOf: (bytes: Uint8Array, isFirst: boolean) => RowBlock;
}

function jsonLines(file: string, rules: TextRules): LinesReader {
  return {
    path: file,
    start: 0,
    read: (line) => (isUtf8(line) ? jsonRow(line.toString("utf8"), rules) : undefined),
    blockOf: (bytes, isFirst) => ({ kind: "lines", file, bytes, isFirst }),
  };
}

function tableLines({ path, start, layout }: PlainTable, rules: TextRules): LinesReader {
  return {
    path,
    start,
    read: (line) => rowOfLine(line.toString("utf8"), layout, rules),
    blockOf: (bytes) => ({ kind: "table", bytes, layout }),
  };
}

interface KnownCuts extends RowCuts {
  /** {@link RowCuts.columnOf}, asked once. */
  readonly column: (first: RawRow) => string | undefined;
}

/** A block that is so many times as large as it should be is given as it is. */
const mostTimes = 8;
const newline = 10;
/** Rows of a chunk, at most. */
const chunkRows = 2048;

async function* lineBlocks(
  file: string,
  { path, start, read, blockOf }: LinesReader,
  { signal }: RawRowOptions,
  cuts: KnownCuts,
): AsyncGenerator<PlacedBlock, void, undefined> {
  const spare: Buffer[] = [];
  const room = cuts.bytes + (cuts.bytes >> 1);
  let held = sharedBytes(room);
  let used = 0;
  let isFirst = true;
  let column: string | undefined;
  let hasRow = false;
  const take = (end: number, isWhole: boolean): PlacedBlock => {
    const own = held;
    const rest = own.subarray(end, used);
    held = (rest.length < room ? spare.pop() : undefined) ?? sharedBytes(Math.max(room, 2 * rest.length));
    rest.copy(held);
    used -= end;
    const block = blockOf(own.subarray(0, end), isFirst);
    isFirst = false;
    return { block, isWhole, release: () => void (own.length === room && spare.push(own)) };
  };
  const isKnown = (lines: Buffer): boolean => {
    const first = hasRow ? undefined : firstRow(lines, read);
    if (first === undefined) return hasRow;
    column = cuts.column(first);
    hasRow = true;
    return true;
  };
  const input = await openBytes(path, start, signal);
  try {
    for (;;) {
      if (used === held.length) held = grown(held);
      const count = await input.read(held, used);
      signal?.throwIfAborted();
      if (count === 0) break;
      used += count;
      if (used < cuts.bytes) continue;
      const lines = held.subarray(0, held.subarray(0, used).lastIndexOf(newline) + 1);
      if (!isKnown(lines)) continue;
      const cut =
        column === undefined ? undefined : findCut(lines, read, (a, b) => cuts.areApart(a, b, column as string));
      if (cut !== undefined) yield take(cut, true);
      else if (used >= mostTimes * cuts.bytes && lines.length > 0) yield take(lines.length, false);
    }
    isKnown(held.subarray(0, used));
    if (used > 0) yield take(used, false);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    const end = held.subarray(0, used).lastIndexOf(newline) + 1;
    isKnown(held.subarray(0, end));
    if (end > 0) yield take(end, false);
    throw createFailure("MTL8007", { file, problem: error.message });
  } finally {
    await input.close();
  }
}

function sharedBytes(size: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(size));
}

function grown(held: Buffer): Buffer {
  const larger = sharedBytes(2 * held.length);
  held.copy(larger);
  return larger;
}

/** The first line that is a row. */
function firstRow(lines: Buffer, read: (line: Buffer) => RawRow | undefined): RawRow | undefined {
  for (const text of linesOf(lines, true)) {
    const row = text === undefined ? undefined : read(Buffer.from(text));
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The bytes of a file, unpacked. */
interface Bytes {
  /** Puts the next ones behind those that are there; how many they are, 0 at the end. */
  readonly read: (to: Buffer, used: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The bytes of a file from a place on; of a packed one all. */
async function openBytes(path: string, start: number, signal: AbortSignal | undefined): Promise<Bytes> {
  if (path.endsWith(".gz")) return unpackedBytes(path, signal);
  const handle = await open(path, "r");
  let at = start;
  return {
    read: async (to, used) => {
      const { bytesRead } = await handle.read(to, used, to.length - used, at);
      at += bytesRead;
      return bytesRead;
    },
    close: () => handle.close(),
  };
}

function unpackedBytes(path: string, signal: AbortSignal | undefined): Bytes {
  const raw = createReadStream(path, { highWaterMark: 1 << 20, signal });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const parts = raw
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip)
    [Symbol.asyncIterator]();
  let part: Buffer = Buffer.alloc(0);
  return {
    read: async (to, used) => {
      if (part.length === 0) {
        const next = await parts.next();
        if (next.done === true) return 0;
        part = next.value as Buffer;
      }
      const count = part.copy(to, used);
      part = part.subarray(count);
      return count;
    },
    close: async () => {
      raw.destroy();
      gunzip.destroy();
    },
  };
}

async function* cellBlocks(
  file: string,
  { reading, columns = [], numbers = new Set(), signal }: RawRowOptions,
  cuts: KnownCuts,
): AsyncGenerator<PlacedBlock, void, undefined> {
  const batches = streamTable(file, { reading, columns, numbers }, signal, (read) => cutChunks(read, cuts));
  for await (const blocks of batches) yield* blocks;
}

/** Blocks of the chunks of a table; a block ends at the last place of a chunk where it may. */
function cutChunks(columns: readonly QueryColumn[], cuts: KnownCuts): ChunkUse<PlacedBlock> {
  const builder = createBlockBuilder(columns, cuts.rows + 2 * chunkRows);
  const cells = createChunkCells(columns);
  let column: { readonly name: string | undefined; readonly at: number } | undefined;
  let last: unknown;
  const take = (isWhole: boolean): PlacedBlock => ({ ...builder.take(), isWhole });
  return {
    take: (chunk) => {
      const count = chunk.rowCount;
      if (count === 0) return [];
      const ofChunk = cells(chunk);
      column ??= columnOf(columns, ofChunk, cuts);
      const { name } = column;
      const cellAt = ofChunk[column.at];
      const isFull = builder.rows() + count >= cuts.rows;
      const previous = last;
      last = cellAt?.(count - 1);
      const cut =
        !isFull || name === undefined || cellAt === undefined
          ? undefined
          : lastCut(cellAt, count, builder.rows() === 0 ? undefined : { cell: previous }, (one, other) =>
              cuts.areApart({ [name]: one }, { [name]: other }, name),
            );
      if (cut === undefined) {
        builder.add(chunk, 0, count);
        return builder.rows() >= mostTimes * cuts.rows ? [take(false)] : [];
      }
      builder.add(chunk, 0, cut);
      const block = take(true);
      builder.add(chunk, cut, count);
      return [block];
    },
    end: () => (builder.rows() === 0 ? [] : [take(false)]),
  };
}

/** The column that blocks are cut by, and its place. */
function columnOf(
  columns: readonly QueryColumn[],
  cells: readonly ((row: number) => unknown)[],
  cuts: KnownCuts,
): { readonly name: string | undefined; readonly at: number } {
  const first = emptyRecord();
  for (const [c, { name }] of columns.entries()) first[name] = cells[c]?.(0);
  const name = cuts.column(first);
  return { name, at: columns.findIndex((each) => each.name === name) };
}

/** The last row that is apart from the one before it, which may be of a chunk before; 0 where that is the first one. */
function lastCut(
  cellAt: (row: number) => unknown,
  count: number,
  before: { readonly cell: unknown } | undefined,
  areApart: (one: unknown, other: unknown) => boolean,
): number | undefined {
  let next = cellAt(count - 1);
  for (let row = count - 2; row >= 0; row--) {
    const cell = cellAt(row);
    if (cell !== next && areApart(cell, next)) return row + 1;
    next = cell;
  }
  return before !== undefined && areApart(before.cell, next) ? 0 : undefined;
}
