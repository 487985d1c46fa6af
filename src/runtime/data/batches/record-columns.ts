/** Encoded rows while they are made: column by column, where each column is written at once, and then as records. */
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { type IdTable, kernelRows, openRowKernels, type RowKernels } from "../kernels/index.js";
import { createRecords, type Records, recordWords } from "./records.js";

/** Some rows by their columns: word `w` of row `i` is at `w * step + i`. */
export interface RecordColumns {
  readonly records: Records;
  readonly step: number;
  /** Those in whose memory the columns are. */
  readonly kernels?: RowKernels;
}

/** Words between two columns of so many rows: not a power of two, at which the lines of a cache would have one place. */
function stepOf(rows: number): number {
  return 4 * Math.ceil(rows / 4) + 16;
}

export function createRecordColumns(layout: BatchLayout, rows: number): RecordColumns {
  const step = stepOf(rows);
  return { records: createRecords(layout, step), step };
}

/** Makes records of columns, block after block. */
export interface RecordMaker {
  /** Room for columns of so many rows; what it had before is any. */
  columns(rows: number): RecordColumns;
  /** Columns that this gave last, as records; good until the next call. */
  records(columns: RecordColumns, rows: number): Records;
}

/** @param tables those that `pickIds` of kernels is asked for */
export function createRecordMaker(layout: BatchLayout, tables: readonly IdTable[] = []): RecordMaker {
  const width = recordWords(layout);
  let kernels: RowKernels | undefined;
  let columns: RecordColumns | undefined;
  let into: Records | undefined;
  let most = 0;
  return {
    columns: (rows) => {
      if (rows > most) {
        most = Math.max(rows, kernelRows);
        kernels = openRowKernels(width, stepOf(most), tables);
        columns = undefined;
        into = undefined;
      }
      const step = stepOf(rows);
      if (columns?.step === step) return columns;
      columns =
        kernels === undefined ? createRecordColumns(layout, rows) : { records: kernels.columns(step), step, kernels };
      return columns;
    },
    records: ({ records, step, kernels: own }, rows) => {
      if (own !== undefined) return own.rows(rows, step);
      into ??= createRecords(layout, most);
      for (let word = 0; word < width; word++)
        for (let row = 0; row < rows; row++) into.words[row * width + word] = records.words[word * step + row]!;
      return into;
    },
  };
}
