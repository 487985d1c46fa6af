/**
 * Columns of a DuckDB chunk as typed arrays. A query that is read with these makes nulls into a value of the type first:
 * looking at the validity of each value would cost more than the value.
 */
import type { Decimals } from "../kernels/index.js";

/** A column of a chunk: what a vector of DuckDB has of it, and one that is made here. */
export interface ColumnVector {
  readonly type: { toString(): string };
  getItem(row: number): unknown;
  /** Of a column of texts, where another thread finds it. */
  readonly ahead?: SpelledAhead;
}

/** What the texts of a column spell, found ahead: undefined where it is not there yet; asking has it found from then on. */
export interface SpelledAhead {
  wholes(): Int32Array | undefined;
  decimals(): Decimals | undefined;
}

type TypedArray = Int8Array | Int32Array | BigInt64Array | Float64Array;

function itemsOf(vector: ColumnVector): unknown {
  return "items" in vector ? vector.items : undefined;
}

function unexpected(vector: ColumnVector, wanted: string): Error {
  return new Error(`a column of type ${vector.type.toString()} came where ${wanted} was asked for`);
}

function typed<T extends TypedArray>(vector: ColumnVector, type: new (length: number) => T, name: string): T {
  const items = itemsOf(vector);
  if (!(items instanceof type)) throw unexpected(vector, name);
  return items;
}

/** A TINYINT column. */
export function int8Of(vector: ColumnVector): Int8Array {
  return typed(vector, Int8Array, "TINYINT");
}

/** An INTEGER column. */
export function int32Of(vector: ColumnVector): Int32Array {
  return typed(vector, Int32Array, "INTEGER");
}

/** Whether each row of a column has a value, as a function of the row; undefined where all have one. */
export function validityOf(vector: ColumnVector): ((row: number) => boolean) | undefined {
  const validity = "validity" in vector ? (vector.validity as Partial<Validity> | undefined) : undefined;
  if (validity?.itemValid === undefined) throw unexpected(vector, "values of one type");
  const { data, offset } = validity;
  if (data === null) return undefined;
  if (!(data instanceof BigUint64Array) || offset === undefined) return (row) => validity.itemValid?.(row) === true;
  // A bit a row. A BigInt for each, as `itemValid` has it, is slow.
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  return (row) => ((words[(offset + row) >>> 5]! >>> ((offset + row) & 31)) & 1) === 1;
}

interface Validity {
  readonly data: unknown;
  readonly offset: number;
  itemValid(row: number): boolean;
}

/** A DOUBLE column. */
export function float64Of(vector: ColumnVector): Float64Array {
  return typed(vector, Float64Array, "DOUBLE");
}

/** A FLOAT or a DOUBLE column. */
export function floatsOf(vector: ColumnVector): Float32Array | Float64Array {
  const items = itemsOf(vector);
  if (items instanceof Float32Array || items instanceof Float64Array) return items;
  throw unexpected(vector, "FLOAT or DOUBLE");
}

/** The high word of a null in {@link wholeSql}, whose low word is 0. */
export const nullHigh = -(2 ** 31);

/** SQL of a BIGINT without nulls, of which {@link nullHigh} tells. */
export function wholeSql(sql: string): string {
  return `coalesce(${sql}, -9223372036854775808)`;
}

/** A BIGINT column as pairs of words, low before high: a BigInt for each value would be slow. */
export function wordPairsOf(vector: ColumnVector): Int32Array {
  const items = typed(vector, BigInt64Array, "BIGINT");
  return new Int32Array(items.buffer, items.byteOffset, items.length * 2);
}

/** The text in a row of a VARCHAR column; null where it is null. */
export function textReader(vector: ColumnVector): (row: number) => string | null {
  return (row) => {
    const value = vector.getItem(row);
    if (value === null || typeof value === "string") return value;
    throw unexpected(vector, "VARCHAR");
  };
}

/** A list column without nulls: where a row's elements are in the column of all elements. */
export interface ListColumn {
  readonly elements: ColumnVector;
  start(row: number): number;
  length(row: number): number;
}

export function listOf(vector: ColumnVector): ListColumn {
  if (!("childVector" in vector && "getEntryOffset" in vector)) throw unexpected(vector, "a list");
  const list = vector as ColumnVector & ListAccess;
  return {
    elements: list.childVector,
    start: (row) => list.getEntryOffset(row),
    length: (row) => list.getEntryLength(row),
  };
}

interface ListAccess {
  readonly childVector: ColumnVector;
  getEntryOffset(row: number): number;
  getEntryLength(row: number): number;
}
