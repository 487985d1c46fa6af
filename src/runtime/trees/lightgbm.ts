/** What LightGBM does, as its callers see it. */

/** Rows that trees are made of. */
export interface TreeData {
  readonly rows: number;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Row-major [rows, columns]; NaN is missing. */
  readonly values: Float32Array;
  /** Indices of the columns whose values are categories. */
  readonly categorical: readonly number[];
  /** [rows]. */
  readonly labels: Float32Array;
  /** [rows]; absent: all count alike. */
  readonly weights?: Float32Array;
  /** Rows of each list, which follow each other; absent: there are no lists. */
  readonly lists?: Int32Array;
}

/** By LightGBM's names. */
export type TreeParameters = Readonly<Record<string, string | number | boolean>>;

/** Trees in the making. */
export interface Booster {
  /** Makes one more tree; false where no split helps any more. Throws an `Error` with LightGBM's words. */
  readonly grow: () => boolean;
  /** The model as text: its first trees, or `count` of them from `first` on. */
  readonly text: (first: number, count: number) => string;
  readonly close: () => void;
}

export interface LightGbm {
  readonly path: string;
  /** Throws an `Error` with LightGBM's words. */
  readonly open: (data: TreeData, parameters: TreeParameters) => Booster;
}
