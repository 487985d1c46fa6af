/** What is known of the columns of a file, and what reads them. */
import type { Span } from "../../../compiler/text/index.js";
import type { DataFile } from "./files.js";
import type { ScalarKind } from "./sql.js";

/** `other` cannot be used: structs, maps, lists of lists. */
export type ColumnKind =
  { readonly kind: ScalarKind } | { readonly kind: "list"; readonly element: ScalarKind } | { readonly kind: "other" };

export interface FileColumn {
  readonly name: string;
  readonly type: ColumnKind;
  /** DuckDB's name of the type, as the file is read. */
  readonly sqlType: string;
  /** What the scan of the file calls the column. */
  readonly sql: string;
}

export interface FileSchema {
  readonly file: DataFile;
  readonly columns: readonly FileColumn[];
  /** Columns that the file has besides, by name: an index or a slot that no line of it holds. */
  readonly open?: (name: string) => FileColumn | undefined;
  /** SQL of the rows of files alike, where it depends on the columns. */
  readonly scan?: (paths: string) => string;
}

/** A column of a file by its name. */
export function columnIn({ columns, open }: FileSchema, name: string): FileColumn | undefined {
  return columns.find((column) => column.name === name) ?? open?.(name);
}

/** A column that something in the spec reads. */
export interface ColumnUse {
  readonly column: string;
  /** Who reads it, as a message says it: "feature `age`". */
  readonly user: string;
  /** `any`: also lists and nested values, which are handed on as they are. */
  readonly needs: "value" | "list" | "any";
  readonly span: Span;
}
