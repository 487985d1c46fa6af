/** Rows that go from hand to hand in blocks while they are read. */
import type { EncodedBatch } from "./dataset.js";

/** Rows of a full chunk of the database. */
export const chunkRows = 2048;

/** Who takes the blocks, in the order of the rows. */
export interface BlockTaker {
  /** Rows of each block but the last. */
  readonly rows: number;
  /** Where the rows of the next block go: a batch of at least {@link roomOf} rows, whose labels are not written. */
  readonly room: () => EncodedBatch;
  /** The first rows of the batch that `room` gave last are a block; they are not written any more before `room` is asked again. */
  readonly take: (batch: EncodedBatch, rows: number) => Promise<void>;
}

/** Rows that a batch needs for blocks of so many: what is read comes in chunks, one of which may go on in the block after. */
export function roomOf(rows: number): number {
  return rows + chunkRows - 1;
}
