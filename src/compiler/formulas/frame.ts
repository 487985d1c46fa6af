import type { FormulaExpression } from "../model/index.js";

/** A number per candidate; NaN where it is missing. */
export type NumberColumn = Float64Array;
/** A text a candidate; undefined where it is missing. */
export type TextColumn = readonly (string | undefined)[];
/** Several texts a candidate. */
export type TextsColumn = readonly (readonly string[] | undefined)[];
/** A vector per candidate. */
export type VectorColumn = readonly (Float64Array | undefined)[];

/**
 * The candidates of one request as columns, after validation: what formulas are evaluated on. Maps and not objects: a name
 * never meets what an object inherits.
 */
export interface Frame {
  /** Candidates. */
  readonly count: number;
  /** Seconds since 1970. */
  readonly now: number;
  readonly params: ReadonlyMap<string, number>;
  /** Numbers, times and durations (seconds), and conditions (1, 0, NaN for unknown). */
  readonly numbers: ReadonlyMap<string, NumberColumn>;
  readonly texts: ReadonlyMap<string, TextColumn>;
  readonly lists: ReadonlyMap<string, TextsColumn>;
  readonly vectors: ReadonlyMap<string, VectorColumn>;
  /** The formulas that others may read. */
  readonly fusions: ReadonlyMap<string, FormulaExpression>;
}
