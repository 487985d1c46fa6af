/** Rows of a table as columns in memory that threads share. */
import type { DuckDBDataChunk, DuckDBVector } from "@duckdb/node-api";
import { cellOf } from "../encode/cells.js";
import { entryWords, shortBytes } from "../encode/texts/short-texts.js";
import type { BlockColumn, CellsBlock, OtherCells } from "./block-rows.js";
import { validityOf } from "./row-cells.js";

/** A column of a query of rows. */
export interface QueryColumn {
  readonly name: string;
  /** Whether it comes as two: numbers, and the cells of rows whose number is NaN. */
  readonly isPair: boolean;
}

/** Lengths of texts: of none, and of one that is among the others. */
const noText = -1;
const otherText = -2;

/** Columns that rows are added to. */
export interface BlockBuilder {
  /** Rows that were added since the last block. */
  readonly rows: () => number;
  /** Adds the rows of a chunk in [from, to). */
  readonly add: (chunk: DuckDBDataChunk, from: number, to: number) => void;
  /** What was added as a block; the next rows begin another one. `release`: nobody reads the block any more. */
  readonly take: () => { readonly block: CellsBlock; readonly release: () => void };
}

/** @param room rows that a block has room for at first */
export function createBlockBuilder(columns: readonly QueryColumn[], room: number): BlockBuilder {
  let rows = 0;
  const spare: (readonly BuiltColumn[])[] = [];
  const begin = (): readonly BuiltColumn[] => spare.pop() ?? columns.map((column) => createColumn(column, room));
  let building = begin();
  return {
    rows: () => rows,
    add: (chunk, from, to) => {
      let c = 0;
      for (const [i, { isPair }] of columns.entries()) {
        const vector = chunk.getColumnVector(c++);
        building[i]?.add(vector, from, to, isPair ? chunk.getColumnVector(c++) : undefined);
      }
      rows += to - from;
    },
    take: () => {
      const own = building;
      const block: CellsBlock = { kind: "cells", rows, columns: own.map((column) => column.take()) };
      building = begin();
      rows = 0;
      return { block, release: () => void spare.push(own) };
    },
  };
}

type Values = NonNullable<BlockColumn["values"]>;

interface AddedCells extends OtherCells {
  readonly rows: number[];
  readonly cells: unknown[];
}

function noOthers(): AddedCells {
  return { rows: [], cells: [] };
}

function addOther({ rows, cells }: AddedCells, row: number, cell: unknown): void {
  rows.push(row);
  cells.push(cell);
}

interface BuiltColumn {
  /** `texts`: the second vector of a pair. */
  readonly add: (vector: DuckDBVector, from: number, to: number, texts: DuckDBVector | undefined) => void;
  /** What was added; the same memory is written again from the next call of `add` on. */
  readonly take: () => BlockColumn;
}

function createColumn({ name }: QueryColumn, room: number): BuiltColumn {
  let values: Values | undefined;
  let isCopied = false;
  let rows = 0;
  let others = noOthers();
  return {
    add: (vector, from, to, texts) => {
      const source = sourceOf(vector);
      const isValid = validityOf(vector);
      if (source === undefined || isValid === undefined)
        for (let row = from; row < to; row++) addOther(others, rows + row - from, cellOf(vector.getItem(row)));
      else {
        values = withRoom(values ?? source.empty(room), rows, rows + to - from);
        isCopied = true;
        source.copy(values, rows, from, to);
        if (values instanceof Int32Array) noteTexts(values, others, rows, from, to, isValid, vector);
        else if (values instanceof BigInt64Array) noteNulls(others, rows, from, to, isValid);
        else noteNumbers(values, others, rows, from, to, isValid, texts);
      }
      rows += to - from;
    },
    take: () => {
      const column = { name, values: isCopied ? values : undefined, others };
      others = noOthers();
      rows = 0;
      isCopied = false;
      return column;
    },
  };
}

/** Where the values of a vector are copied from; undefined for a vector that does not show them. */
interface ValuesSource {
  readonly empty: (rows: number) => Values;
  readonly copy: (to: Values, at: number, from: number, end: number) => void;
}

function sourceOf(vector: DuckDBVector): ValuesSource | undefined {
  const items = "items" in vector ? vector.items : undefined;
  // Instants are whole numbers, too, and have other values.
  const isWhole = items instanceof BigInt64Array && vector.type.toString() === "BIGINT";
  if (items instanceof Float64Array || items instanceof Float32Array || isWhole)
    return {
      empty: (rows) => emptyLike(items, rows),
      copy: (to, at, from, end) => to.set(items.subarray(from, end) as never, at),
    };
  const view = "dataView" in vector ? vector.dataView : undefined;
  if (!(view instanceof DataView) || vector.type.toString() !== "VARCHAR") return undefined;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const size = 4 * entryWords;
  return {
    empty: (rows) => new Int32Array(new SharedArrayBuffer(size * rows)),
    copy: (to, at, from, end) => new Uint8Array(to.buffer).set(bytes.subarray(size * from, size * end), size * at),
  };
}

/** As many zeros of a kind, in memory that threads share. */
function emptyLike(values: Values, length: number): Values {
  const buffer = new SharedArrayBuffer(values.BYTES_PER_ELEMENT * length);
  if (values instanceof Int32Array) return new Int32Array(buffer);
  if (values instanceof BigInt64Array) return new BigInt64Array(buffer);
  return values instanceof Float64Array ? new Float64Array(buffer) : new Float32Array(buffer);
}

/** The same values with room for `rows`. */
function withRoom(values: Values, used: number, rows: number): Values {
  const width = values instanceof Int32Array ? entryWords : 1;
  if (width * rows <= values.length) return values;
  const larger = emptyLike(values, 2 * width * rows);
  larger.set(values.subarray(0, width * used) as never);
  return larger;
}

/** Whole numbers that are not there are others. */
function noteNulls(others: AddedCells, at: number, from: number, to: number, isValid: (row: number) => boolean): void {
  for (let row = from; row < to; row++) if (!isValid(row)) addOther(others, at + row - from, null);
}

/** Makes NaN of numbers that are not there; the cells of a pair's rows without a number are others. */
function noteNumbers(
  values: Float64Array | Float32Array,
  others: AddedCells,
  at: number,
  from: number,
  to: number,
  isValid: (row: number) => boolean,
  texts: DuckDBVector | undefined,
): void {
  for (let row = from; row < to; row++) if (!isValid(row)) values[at + row - from] = NaN;
  if (texts === undefined) return;
  for (let row = from; row < to; row++)
    if (Number.isNaN(values[at + row - from])) addOther(others, at + row - from, cellOf(texts.getItem(row)));
}

/** Marks texts that are not there, and those that are too long for their entries. */
function noteTexts(
  words: Int32Array,
  others: AddedCells,
  at: number,
  from: number,
  to: number,
  isValid: (row: number) => boolean,
  vector: DuckDBVector,
): void {
  for (let row = from; row < to; row++) {
    const place = at + row - from;
    const length = words[place * entryWords]!;
    if (!isValid(row)) words[place * entryWords] = noText;
    else if (length > shortBytes || length < 0) {
      words[place * entryWords] = otherText;
      addOther(others, place, vector.getItem(row));
    }
  }
}
