/** What a caller says of the data that is opened. */
import type { StoredRows } from "./batches/stored-dataset.js";
import type { ContinuedFit } from "./encode/fit/continue.js";
import type { Fitted } from "./encode/fitted.js";
import type { ColumnName, DataRole, RoleOptions } from "./roles.js";

export interface OpenDataOptions extends RoleOptions {
  /** What is opened; all by default. The training data is read for the fit when `fitted` is absent. */
  readonly roles?: readonly DataRole[];
  /** Bytes of encoded rows held in memory, over all roles; what does not fit is read from the disk. Default 64 MiB, with `lists` 1 GiB. */
  readonly cacheLimit?: number;
  /** What an earlier run fitted; absent: it is fitted to the training data. */
  readonly fitted?: Fitted;
  /** What an earlier run fitted, to which the fit to the training data is added. */
  readonly continues?: ContinuedFit;
  /** Columns that a table of predictions keeps: they have to be there as well. */
  readonly kept?: readonly ColumnName[];
  readonly onProgress?: (progress: DataProgress) => void;
  /** Told what is fitted, before rows are encoded or read. */
  readonly onFitted?: (found: FittedRows) => void;
  /** Told of the training rows once they are open, which others may not be yet. */
  readonly onTrainingRows?: (rows: StoredRows) => void;
  /** Stops the work; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is known of the data before its rows are. */
export interface FittedRows {
  readonly fitted: Fitted;
  /** Those that are opened. */
  readonly roles: readonly DataRole[];
  /** Whether an earlier call has encoded all rows. */
  readonly areEncoded: boolean;
}

export interface DataProgress {
  readonly phase: "fit" | "encode";
  readonly role: DataRole;
  /** Rows done. */
  readonly rows: number;
}
