/** The rows of a call: records for whoever scores them in this thread, and a text for a worker. */
import { emptyRecord } from "../../../compiler/text/index.js";
import { type HeldColumns, holdColumns, type RawRow } from "../../data/index.js";
import { badRequest } from "../fault.js";
import { parseJson } from "../json.js";

export interface CallRows {
  /** How many rows there are. */
  readonly count: number;
  readonly records: () => readonly RawRow[];
  readonly packed: () => PackedRows;
}

/** Rows on their way to a worker: a text is copied as it is, where cloning the same values takes several times what JSON does. */
export interface PackedRows {
  readonly count: number;
  /** JSON: records, or by column an array of values. */
  readonly text: string;
  /** Where it is there, the text is a record as a client sent it, which has the rows under this name. */
  readonly member?: string;
}

/** A record per row; their values are flat. */
export function recordRows(rows: readonly RawRow[]): CallRows {
  return { count: rows.length, records: () => rows, packed: () => packRecords(rows) };
}

/** By column, a value for each row. */
export function columnRows(count: number, columns: ReadonlyMap<string, readonly unknown[]>): CallRows {
  const names = [...columns.keys()];
  const values = [...columns.values()];
  return {
    count,
    records: () => recordsOf(count, names, values),
    packed: () => ({ count, text: JSON.stringify({ names, values }) }),
  };
}

/** A record per row. Throws a {@link ServeFault} (400) for values that are nested too deeply. */
export function packRecords(rows: readonly RawRow[]): PackedRows {
  try {
    return { count: rows.length, text: JSON.stringify({ rows }) };
  } catch (error) {
    if (error instanceof RangeError) throw badRequest("a value of a row is nested too deeply");
    throw error;
  }
}

type Packed =
  | { readonly rows: readonly RawRow[] }
  | { readonly names: readonly string[]; readonly values: readonly (readonly unknown[])[] };

/** The rows as records; those that come as a client sent them may be anything. Throws a {@link ServeFault} (400) for what is not JSON. */
export function unpackRecords({ count, text, member }: PackedRows): readonly RawRow[] {
  if (member !== undefined) return (parseJson(text) as Readonly<Record<string, readonly RawRow[]>>)[member] ?? [];
  const packed = JSON.parse(text) as Packed;
  return "rows" in packed ? packed.rows : recordsOf(count, packed.names, packed.values);
}

/** The rows as they came, as records or by column. Throws as {@link unpackRecords} does. */
export function unpackRows(packed: PackedRows): readonly RawRow[] | HeldColumns {
  if (packed.member !== undefined) return unpackRecords(packed);
  const rows = JSON.parse(packed.text) as Packed;
  return "rows" in rows ? rows.rows : holdColumns(new Map(rows.names.map((name, i) => [name, rows.values[i] ?? []])));
}

/** Records without a prototype, so that `__proto__` is a name like any other. */
function recordsOf(
  count: number,
  names: readonly string[],
  values: readonly (readonly unknown[])[],
): readonly RawRow[] {
  return Array.from({ length: count }, (_, row) => {
    const made = emptyRecord();
    for (let column = 0; column < names.length; column++) made[names[column]!] = values[column]![row];
    return made;
  });
}
