/**
 * Encoded data: what a batch looks like and how a dataset hands batches out. The layout follows only from the model;
 * the numbers in it follow from the model and what was fitted on the training data.
 */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { ListBatching } from "../../../compiler/model/index.js";
import type { ListIndex } from "./lists.js";

/** Some rows, encoded, in the order of {@link BatchLayout}; arrays are row-major and padded to `size` rows. */
export interface EncodedBatch {
  /** Rows that carry data; the rest up to `size` is padding with weight 0. */
  readonly rows: number;
  readonly size: number;
  /** [size, layout.idWidth] int32. -1 is padding: in a bag, and in rows that only fill the batch up. */
  readonly ids: Int32Array;
  /** [size, layout.numberWidth] float32. */
  readonly numbers: Float32Array;
  /** [size, layout.labels.length] float32; 0 where null. */
  readonly labels: Float32Array;
  /** [size, layout.labels.length] float32: 1 where the label is known, 0 where it is null. */
  readonly known: Float32Array;
  /** [size] float32 sample weights; 0 for padding. */
  readonly weights: Float32Array;
  /** Set under `lists` of {@link BatchOptions}. */
  readonly lists?: BatchLists;
}

/** The lists of a batch; the rows of one are together where lists are whole. */
export interface BatchLists {
  readonly count: number;
  /** Rows of the longest. */
  readonly length: number;
  /** [size] int32: the index of each row's list; 0 for padding. */
  readonly groups: Int32Array;
  /** [count, length] int32: the rows of each list, −1 where it has no more. */
  readonly members: Int32Array;
}

export interface BatchOptions {
  readonly size: number;
  /** Absent: file order. The order is a function only of (seed, epoch, number of rows), or where lists are whole, their lists. */
  readonly shuffle?: { readonly seed: number; readonly epoch: number };
  /** Batches to skip, for resuming in the middle of an epoch. */
  readonly skip?: number;
  /** Pad the last batch to `size` (training) or leave it short (evaluation). */
  readonly pad: boolean;
  /** Leave out rows at the end that fill no batch, unless there are no others; not where lists are whole. Default false. */
  readonly dropLast?: boolean;
  /**
   * Say which rows are of one list. `whole`: the rows of a list are in one batch, and the order is one of lists; `split`: a
   * list of a batch is what it has of one.
   */
  readonly lists?: ListBatching;
}

/** Rows on disk or in memory, encoded once. */
export interface Dataset {
  readonly rows: number;
  /** SHA-256 over all that is in it: features, labels, weights, groups and lists of every row, in their order. */
  readonly hash: string;
  readonly layout: BatchLayout;
  /** What encoding met, for the user: nulls and unseen values per column. */
  readonly report: EncodingReport;
  /** Batches reuse their arrays: copy what must outlive the next step of the iterator. */
  batches(options: BatchOptions): IterableIterator<EncodedBatch>;
  /** Batches of an epoch: as many as the rows need, where lists are whole as many as these do in that order. */
  batchCount(options: Pick<BatchOptions, "size" | "shuffle" | "dropLast" | "lists">): number;
  /** The lists of all rows, for `lists`; absent when the data set was opened without lists and has no groups. */
  lists(): ListIndex | undefined;
  /**
   * Dense codes ([rows] int32, −1 for null) in file order of a column that metrics group rows by, or of the group of the
   * data; absent where the spec or the files have none.
   */
  groups(column?: string): Int32Array | undefined;
  /** [rows] in file order: a number that equal rows share, and hardly any others (`row-keys.ts`). Absent where nobody has kept them. */
  readonly keys?: Float64Array;
  close(): void;
}

/** Counts by column of what was not plain data. */
export interface EncodingReport {
  readonly rows: number;
  readonly columns: readonly ColumnReport[];
}

export interface ColumnReport {
  readonly column: string;
  readonly nulls: number;
  /** Values of a vocabulary feature that the training data did not hold. */
  readonly unseen: number;
}
