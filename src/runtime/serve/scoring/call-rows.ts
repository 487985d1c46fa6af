/**
 * The rows of a call, as the text that goes to a worker: a text is copied as it is, where cloning the same values takes several times
 * what JSON does.
 */
import { emptyRecord } from "../../../compiler/text/index.js";
import { badRequest } from "../fault.js";
import type { RawRow } from "../../data/index.js";

export interface CallRows {
  /** How many rows there are. */
  readonly count: number;
  /** JSON: records, or by column an array of values. */
  readonly text: string;
}

/** A record per row. Throws a {@link ServeFault} (400) for values that are nested too deeply. */
export function packRecords(rows: readonly RawRow[]): CallRows {
  try {
    return { count: rows.length, text: JSON.stringify({ rows }) };
  } catch (error) {
    if (error instanceof RangeError) throw badRequest("a value of a row is nested too deeply");
    throw error;
  }
}

/** By column, a value for each row. */
export function packColumns(count: number, columns: ReadonlyMap<string, readonly unknown[]>): CallRows {
  return { count, text: JSON.stringify({ names: [...columns.keys()], values: [...columns.values()] }) };
}

type Packed =
  | { readonly rows: readonly RawRow[] }
  | { readonly names: readonly string[]; readonly values: readonly (readonly unknown[])[] };

/** The rows as records; those of columns have no prototype, so that `__proto__` is a name like any other. */
export function unpackRows({ count, text }: CallRows): readonly RawRow[] {
  const packed = JSON.parse(text) as Packed;
  if ("rows" in packed) return packed.rows;
  const { names, values } = packed;
  return Array.from({ length: count }, (_, row) => {
    const made = emptyRecord();
    for (let column = 0; column < names.length; column++) made[names[column]!] = values[column]![row];
    return made;
  });
}
