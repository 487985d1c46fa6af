/** Columns of a DuckDB chunk as cells of rows: read from the bytes of a vector where it shows them, one by one where it does not. */
import type { DuckDBVector } from "@duckdb/node-api";
import { cellOf } from "../encode/cells.js";
import { entryWords, shortBytes, textEntriesOf } from "../encode/texts/short-texts.js";
import { shortestDecimal } from "../expressions/shortest.js";

/** Gives a cell of a chunk's column by its row. */
export type CellsOf = (vector: DuckDBVector) => (row: number) => unknown;

/**
 * The cells of a column, chunk after chunk: texts, numbers that are finite, booleans, null, lists and records. Numbers of 32 bits are the shortest
 * decimals that mean them.
 */
export function createCells(): CellsOf {
  const textsOf = createTexts();
  return (vector) => {
    const numbers = "items" in vector ? vector.items : undefined;
    const isValid = validityOf(vector);
    if (isValid !== undefined && numbers instanceof Float64Array)
      return (row) => {
        const value = numbers[row]!;
        return isValid(row) && Number.isFinite(value) ? value : null;
      };
    if (isValid !== undefined && numbers instanceof Float32Array)
      return (row) => {
        const value = numbers[row]!;
        return isValid(row) && Number.isFinite(value) ? shortestDecimal(value) : null;
      };
    const textOf = textsOf(vector);
    if (isValid === undefined || textOf === undefined) return (row) => cellOf(vector.getItem(row));
    return (row) => (isValid(row) ? textOf(row) : null);
  };
}

/** The numbers of a DOUBLE column without nulls. */
export function createNumbers(): CellsOf {
  return (vector) => {
    const numbers = "items" in vector ? vector.items : undefined;
    return numbers instanceof Float64Array ? (row) => numbers[row] : (row) => vector.getItem(row);
  };
}

interface ValidBits {
  readonly data: BigUint64Array | null;
  readonly offset: number;
}

/** Whether a row has a value; undefined where a vector does not show it. By the bits of 32 rows at a time: as bigints they would cost more than the values. */
export function validityOf(vector: DuckDBVector): ((row: number) => boolean) | undefined {
  if (!("validity" in vector)) return undefined;
  const { data, offset } = vector.validity as ValidBits;
  if (data === null) return () => true;
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  return (row) => ((words[(offset + row) >> 5]! >> ((offset + row) & 31)) & 1) === 1;
}

/** Short texts that are remembered of a column: many of them come again, in the next row or in the next request. */
const remembered = 4096;

/** The texts of a column, chunk after chunk. */
function createTexts(): (vector: DuckDBVector) => ((row: number) => unknown) | undefined {
  const textAt = createShortTexts();
  return (vector) => {
    const bytes = "dataView" in vector ? vector.dataView : undefined;
    const isText = bytes instanceof DataView && vector.type.toString() === "VARCHAR";
    if (!isText || bytes.byteOffset % 4 !== 0) return undefined;
    const words = textEntriesOf(vector);
    const make = (row: number): unknown => vector.getItem(row);
    return (row) => {
      const length = words[row * entryWords]!;
      return length > shortBytes || length < 0 ? make(row) : textAt(words, row, make);
    };
  };
}

/** The short text of a row by its entry, which `make` makes where it was not there shortly before. */
export function createShortTexts(): (words: Int32Array, row: number, make: (row: number) => unknown) => unknown {
  const known = new Int32Array(entryWords * remembered);
  const texts: unknown[] = [];
  return (words, row, make) => {
    const at = row * entryWords;
    const [length, a, b, c] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
    let place = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ length;
    place = (place ^ (place >>> 15)) & (remembered - 1);
    const own = place * entryWords;
    const text = texts[place];
    if (
      text !== undefined &&
      known[own] === length &&
      known[own + 1] === a &&
      known[own + 2] === b &&
      known[own + 3] === c
    )
      return text;
    known[own] = length;
    known[own + 1] = a;
    known[own + 2] = b;
    known[own + 3] = c;
    return (texts[place] = make(row));
  };
}
