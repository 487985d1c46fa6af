/** Rows that a program holds by column: arrays, dictionaries with codes, tables of Apache Arrow. */
import { createFailure } from "../../../failure.js";
import type { RawRow } from "../../expressions/expression-evaluate.js";

/** A typed array; of 64-bit integers as well. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A column of few values: for each row the place of its value in `dictionary`; no place of it, such as −1, is null. */
export interface DictionaryColumn {
  readonly codes: Exclude<NumberArray, BigInt64Array | BigUint64Array> | readonly number[];
  readonly dictionary: readonly unknown[];
}

/** What is used of a vector of Apache Arrow (`apache-arrow`). */
export interface ArrowVector {
  readonly length: number;
  readonly nullCount: number;
  readonly data: readonly { readonly values?: unknown; readonly dictionary?: unknown }[];
  readonly get: (index: number) => unknown;
  readonly isValid: (index: number) => boolean;
}

/** What is used of a table, or a record batch, of Apache Arrow. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly getChild: (name: string) => ArrowVector | null;
}

/** The values of one column for some rows, each as a row would have it. */
export type ColumnValues = NumberArray | readonly unknown[] | DictionaryColumn | ArrowVector;

/** Rows by column: by the names of raw columns, all of one length, or a table of Apache Arrow. */
export type Columns = Readonly<Record<string, ColumnValues>> | ArrowTable;

/** A column in one of three forms, the first ones faster to read. */
export type HeldColumn =
  | { readonly kind: "array"; readonly data: ArrayLike<unknown> }
  | { readonly kind: "dictionary"; readonly codes: ArrayLike<number>; readonly dictionary: readonly unknown[] }
  | { readonly kind: "vector"; readonly data: ArrowVector };

/** A class, so that nothing that a client sends is one. */
export class HeldColumns {
  constructor(
    readonly rows: number,
    readonly names: readonly string[],
    readonly column: (name: string) => HeldColumn | undefined,
  ) {}
}

/**
 * Columns as a program gives them. Throws a {@link Failure} (MTL7214) for what is none, and for columns of different lengths. Columns
 * that nothing asks for are not looked at but for their length.
 */
export function holdColumns(given: unknown): HeldColumns {
  if (isTable(given)) return heldTable(given);
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given))
    throw createFailure("MTL7214", { problem: `columns by name are needed, not ${kindOf(given)}` });
  // A map has names that no record can have, such as `__proto__`.
  const entries = given instanceof Map ? [...(given as ReadonlyMap<string, unknown>)] : Object.entries(given);
  const held = new Map(entries.map(([name, values]) => [name, heldColumn(name, values)] as const));
  const [first] = held;
  const rows = first === undefined ? 0 : lengthOf(first[1]);
  for (const [name, column] of held) {
    const length = lengthOf(column);
    if (length !== rows)
      throw createFailure("MTL7214", {
        problem: `\`${first?.[0] ?? ""}\` has ${rows} values and \`${name}\` ${length}`,
      });
  }
  return new HeldColumns(rows, [...held.keys()], (name) => held.get(name));
}

/** The columns as values that can be cloned for another thread, which {@link holdColumns} takes as well. Throws as that does. */
export function sendableColumns(given: unknown): ReadonlyMap<string, ColumnValues> {
  const held = holdColumns(given);
  const entries = held.names.map((name): readonly [string, ColumnValues] => {
    const column = held.column(name);
    if (column?.kind === "array") return [name, column.data as ColumnValues];
    if (column?.kind === "dictionary")
      return [name, { codes: column.codes as DictionaryColumn["codes"], dictionary: column.dictionary }];
    return [name, Array.from({ length: held.rows }, (_, row) => (column === undefined ? null : valueAt(column, row)))];
  });
  return new Map(entries);
}

/** The value that a row has in a column. */
export function valueAt(column: HeldColumn, row: number): unknown {
  switch (column.kind) {
    case "array":
      return column.data[row];
    case "dictionary":
      return column.dictionary[column.codes[row] ?? -1] ?? null;
    case "vector":
      return listOf(column.data.get(row));
  }
}

/** A list in a vector is a vector again. */
function listOf(value: unknown): unknown {
  return isVector(value) && isIterable(value) ? [...value] : value;
}

/** Some columns of one row, as a record. */
export function rowAt(columns: readonly (readonly [name: string, column: HeldColumn])[], row: number): RawRow {
  const record: Record<string, unknown> = {};
  for (const [name, column] of columns) record[name] = valueAt(column, row);
  return record;
}

function heldTable(table: ArrowTable): HeldColumns {
  const names = table.schema.fields.map(({ name }) => name);
  return new HeldColumns(table.numRows, names, (name) => {
    const vector = names.includes(name) ? table.getChild(name) : null;
    return vector === null ? undefined : heldVector(vector);
  });
}

function heldColumn(name: string, values: unknown): HeldColumn {
  if (Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView)))
    return { kind: "array", data: values as unknown as ArrayLike<unknown> };
  if (isVector(values)) return heldVector(values);
  if (isDictionary(values)) return { kind: "dictionary", ...values };
  throw createFailure("MTL7214", {
    problem: `\`${name}\` has to be an array, a typed array, \`{ codes, dictionary }\` or a vector of Apache Arrow, not ${kindOf(values)}`,
  });
}

/** A vector of one piece without nulls is its memory, one with a dictionary its codes; any other is asked value by value. */
function heldVector(vector: ArrowVector): HeldColumn {
  const [piece] = vector.data;
  const values = piece?.values;
  if (vector.data.length !== 1 || piece === undefined || !isCountable(values) || values.length !== vector.length)
    return { kind: "vector", data: vector };
  if (isIterable(piece.dictionary)) {
    const codes =
      vector.nullCount === 0 ? values : Int32Array.from(values, (code, row) => (vector.isValid(row) ? code : -1));
    return { kind: "dictionary", codes, dictionary: [...piece.dictionary] };
  }
  return vector.nullCount === 0 &&
    isSame(vector.get(0), values[0]) &&
    isSame(vector.get(vector.length - 1), values.at(-1))
    ? { kind: "array", data: values }
    : { kind: "vector", data: vector };
}

/** Whether an element of a vector's memory is its value: times and the like are not. */
function isSame(value: unknown, stored: number | undefined): boolean {
  return Object.is(value, stored);
}

type Countable =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

function isCountable(values: unknown): values is Countable {
  return (
    ArrayBuffer.isView(values) &&
    !(values instanceof DataView || values instanceof BigInt64Array || values instanceof BigUint64Array) &&
    // Half floats are stored as whole numbers.
    !(values instanceof Uint16Array)
  );
}

function lengthOf(column: HeldColumn): number {
  return column.kind === "dictionary" ? column.codes.length : column.data.length;
}

function isTable(value: unknown): value is ArrowTable {
  return has(value, "getChild", "function") && has(value, "numRows", "number") && has(value, "schema", "object");
}

function isVector(value: unknown): value is ArrowVector {
  return has(value, "get", "function") && has(value, "isValid", "function") && has(value, "data", "object");
}

function isDictionary(value: unknown): value is DictionaryColumn {
  return has(value, "codes", "object") && Array.isArray((value as DictionaryColumn).dictionary);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function has(value: unknown, member: string, type: "function" | "number" | "object"): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, member) === type;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (ArrayBuffer.isView(value)) return "an array of numbers";
  return value === null || typeof value === "undefined" ? String(value) : `a ${typeof value}`;
}
