/** Whether rows that a program hands in provide what a network reads. */
import type { FeatureModel } from "../../../compiler/model/model.js";
import { suggest } from "../../../compiler/text/index.js";
import type { RawRow } from "../index.js";
import { columnUses } from "../uses.js";
import { createFailure, type Failure } from "../../failure.js";

/** A raw column that features read. */
export interface FeatureColumn {
  readonly column: string;
  /** Who reads it, for messages: "feature `user_id`". */
  readonly user: string;
  /** The features that are this column as it is. */
  readonly features: readonly string[];
}

/** The columns that features read, each once. */
export function featureColumns(features: readonly FeatureModel[]): readonly FeatureColumn[] {
  const found = new Map<string, FeatureColumn>();
  for (const { column, user } of columnUses(features, [], [])) {
    if (found.has(column)) continue;
    const same = features.filter(({ source }) => source.kind === "column" && source.name === column);
    found.set(column, { column, user, features: same.map(({ name }) => name) });
  }
  return [...found.values()];
}

/** What is wrong with some rows: the failure, and the row at fault where it is a single one. */
export interface ColumnFault {
  readonly failure: Failure;
  readonly row?: number;
  readonly column: string;
}

/**
 * The fault of rows without a column: one that no row has, or one that a row has misspelt. A column that some rows leave
 * out without a like name in its place is unknown there, as null is.
 */
export function findColumnFault(columns: readonly FeatureColumn[], rows: readonly RawRow[]): ColumnFault | undefined {
  const names = columns.map(({ column }) => column);
  if (rows.every((row) => hasAll(row, names))) return undefined;
  const known = new Set(names);
  const absent = columns.filter(({ column }) => !rows.some((row) => Object.hasOwn(row, column)));
  const [first] = absent;
  if (first !== undefined) return { failure: failureOf(undefined, absent, keysOf(rows), known), column: first.column };
  for (const [i, row] of rows.entries()) {
    const missing = columns.filter(({ column }) => !Object.hasOwn(row, column));
    if (missing.length === 0) continue;
    const keys = Object.keys(row);
    const misspelt = missing.filter(({ column }) => misspellingOf(column, keys, known) !== undefined);
    const [one] = misspelt;
    if (one !== undefined) return { failure: failureOf(i + 1, misspelt, keys, known), row: i, column: one.column };
  }
  return undefined;
}

function hasAll(row: RawRow, names: readonly string[]): boolean {
  for (const name of names) if (!Object.hasOwn(row, name)) return false;
  return true;
}

function failureOf(
  row: number | undefined,
  columns: readonly FeatureColumn[],
  keys: readonly string[],
  known: ReadonlySet<string>,
): Failure {
  const missing = columns.map(({ column, user }) => ({ column, user, suggestion: misspellingOf(column, keys, known) }));
  return createFailure("MTL7210", { row, missing, known: keys }, undefined, {
    help: "provide the column, with null where its value is not known",
  });
}

/** The key that most likely means the column, and means no other. */
function misspellingOf(column: string, keys: readonly string[], known: ReadonlySet<string>): string | undefined {
  return suggest(
    column,
    keys.filter((key) => !known.has(key)),
  );
}

function keysOf(rows: readonly RawRow[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}
