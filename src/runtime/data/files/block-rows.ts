/** Rows of a file that threads share, and the same made into rows; how they are read is no matter of this. */
import { emptyRecord } from "../../../compiler/text/index.js";
import { entryWords, shortText } from "../encode/texts/short-texts.js";
import type { RawRow } from "../expressions/expression-evaluate.js";
import { shortestDecimal } from "../expressions/shortest.js";
import type { TextRules } from "../expressions/values.js";
import { linesOfTable, rowsOfLines, type TableLayout } from "./flat/flat-table.js";
import { type JsonRows, jsonRowsOf } from "./json-rows.js";
import { createShortTexts } from "./row-cells.js";
import { linesOf } from "./text-lines.js";

/** Lines of a file. */
export interface LinesBlock {
  readonly kind: "lines";
  /** As messages name it. */
  readonly file: string;
  /** Over memory that threads share. */
  readonly bytes: Uint8Array;
  /** Whether they are the first of their file. */
  readonly isFirst: boolean;
}

/** Cells that have no room among the values of their column. */
export interface OtherCells {
  /** In their order. */
  readonly rows: readonly number[];
  readonly cells: readonly unknown[];
}

/** A column of a block. Values are over memory that threads share. */
export interface BlockColumn {
  readonly name: string;
  /** Numbers, NaN for null; entries of short texts; undefined: all cells are among the others. */
  readonly values: Float64Array | Float32Array | BigInt64Array | Int32Array | undefined;
  readonly others: OtherCells;
}

/** Rows of a table as columns. */
export interface CellsBlock {
  readonly kind: "cells";
  readonly rows: number;
  readonly columns: readonly BlockColumn[];
}

/** Plain lines of delimited text. */
export interface TableBlock {
  readonly kind: "table";
  /** Over memory that threads share. */
  readonly bytes: Uint8Array;
  readonly layout: TableLayout;
}

export type RowBlock = LinesBlock | TableBlock | CellsBlock;

const newline = 10;

/** Rows that are made at a time, at most: those of a whole block would all be alive when the first request is ranked. */
const slice = 1024;

/** Makes the rows of blocks, one block after the other; `line`: lines of the file before it. */
export function createRowsOfBlocks(
  rules: TextRules,
): (block: RowBlock, line: number) => Generator<JsonRows, BlockCounts, undefined> {
  const rowsOf = createBlockRows();
  return function* (block, line) {
    if (block.kind === "cells") {
      for (let from = 0; from < block.rows; from += slice)
        yield { rows: rowsOf(block, from, Math.min(block.rows, from + slice)) };
      return { rows: block.rows, lines: 0 };
    }
    if (block.kind === "table") {
      const lines = linesOfTable(block.bytes);
      for (let from = 0; from < lines.length; from += slice)
        yield { rows: rowsOfLines(lines.slice(from, from + slice), block.layout, rules) };
      return { rows: lines.length, lines: 0 };
    }
    const { file, bytes, isFirst } = block;
    const end = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
    const texts = linesOf(Buffer.from(bytes.buffer, bytes.byteOffset, end), isFirst);
    const before = isFirst ? 0 : line;
    let count = 0;
    for (let from = 0; from < texts.length; from += slice) {
      const made = jsonRowsOf(texts.slice(from, from + slice), { file, line: before + from, rules });
      count += made.rows.length;
      yield made;
    }
    return { rows: count, lines: texts.length };
  };
}

/** What a block holds. */
export interface BlockCounts {
  readonly rows: number;
  /** Lines of a file. */
  readonly lines: number;
}

/** Makes rows of blocks, from one to another, one block after the other: the same that chunks of the query give. */
function createBlockRows(): (block: CellsBlock, from: number, to: number) => readonly RawRow[] {
  const texts = new Map<string, ReturnType<typeof createShortTexts>>();
  const textsOf = (name: string): ReturnType<typeof createShortTexts> => {
    const known = texts.get(name) ?? createShortTexts();
    texts.set(name, known);
    return known;
  };
  return ({ columns }, from, to) => {
    const rows = Array.from({ length: to - from }, () => emptyRecord());
    for (const { name, values, others } of columns) {
      if (values instanceof Int32Array) putTexts(rows, name, values, from, textsOf(name));
      else if (values instanceof Float64Array) putNumbers(rows, name, values, from);
      else if (values instanceof BigInt64Array) putIntegers(rows, name, values, from);
      else if (values instanceof Float32Array)
        for (let r = 0; r < rows.length; r++)
          rows[r]![name] = Number.isFinite(values[from + r]) ? shortestDecimal(values[from + r]!) : null;
      for (let i = firstFrom(others.rows, from); i < others.rows.length && others.rows[i]! < to; i++)
        rows[others.rows[i]! - from]![name] = others.cells[i];
    }
    return rows;
  };
}

/** Gives the text of a row by its entry, where that has room for it. */
export function textOfEntry(words: Int32Array, row: number): string {
  const at = row * entryWords;
  return shortText(words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at]!);
}

/** The place of the first of rows in their order that is not before a row. */
export function firstFrom(rows: readonly number[], row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

function putNumbers(rows: readonly Record<string, unknown>[], name: string, values: Float64Array, from: number): void {
  for (let r = 0; r < rows.length; r++) {
    const value = values[from + r]!;
    rows[r]![name] = Number.isFinite(value) ? value : null;
  }
}

/** Gives whole numbers by their rows: bigints where a double may not hold them. */
export function integersOf(values: BigInt64Array): (row: number) => number | bigint {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  return (row) => {
    const number = high[2 * row + 1]! * 2 ** 32 + low[2 * row]!;
    return Number.isSafeInteger(number) ? number : values[row]!;
  };
}

function putIntegers(
  rows: readonly Record<string, unknown>[],
  name: string,
  values: BigInt64Array,
  from: number,
): void {
  const integerAt = integersOf(values);
  for (let r = 0; r < rows.length; r++) rows[r]![name] = integerAt(from + r);
}

function putTexts(
  rows: readonly Record<string, unknown>[],
  name: string,
  words: Int32Array,
  from: number,
  textAt: ReturnType<typeof createShortTexts>,
): void {
  const make = (row: number): string => textOfEntry(words, row);
  for (let r = 0; r < rows.length; r++)
    rows[r]![name] = words[(from + r) * entryWords]! < 0 ? null : textAt(words, from + r, make);
}
