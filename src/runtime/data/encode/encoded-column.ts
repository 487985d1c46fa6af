/** A column of a query that becomes a column of encoded rows. */
import type { ColumnVector } from "./vectors.js";
import type { Records } from "../batches/records.js";

/** Where a column goes: word `first + i * stride` of the records for row i, and of a list `step` words on for each value after the first. */
export interface Target {
  readonly records: Records;
  readonly first: number;
  readonly stride: number;
  readonly step: number;
  readonly rows: number;
}

/** What was met besides plain values. */
export interface Counts {
  nulls: number;
  unseen: number;
}

export interface ColumnEncoder {
  readonly sql: string;
  fill(vector: ColumnVector, target: Target, counts: Counts): void;
}
