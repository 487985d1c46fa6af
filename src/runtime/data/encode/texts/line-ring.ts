/**
 * Plain lines that one thread reads and another takes: entries of some columns, block after block, in a ring in memory that both share. No message goes
 * between them, for a thread that computes reads it late.
 */
import {
  blockRows,
  type LineBlock,
  type LineFile,
  largestBlock,
  readPlainLines,
  UnplainLines,
} from "../../files/plain-lines.js";
import type { ColumnVector, SpelledAhead } from "../vectors.js";
import { createKnownTexts } from "./known-texts.js";
import { entryWords } from "./short-texts.js";
import { fillEntries, textVector } from "./text-entries.js";
import { wholesBelow } from "./whole-texts.js";

/** What both threads know of a ring. */
export interface LineRing {
  readonly file: LineFile;
  /** Places of the columns in a line. */
  readonly columns: readonly number[];
  /** Blocks that were put in, blocks that were taken out, whether nobody takes any more; then the rows of each block. */
  readonly control: Int32Array;
  /** Of each block, the entries of one column after another. */
  readonly entries: Int32Array;
  /** Of each block, its bytes, where there is a long text in it. */
  readonly bytes: Uint8Array;
  /** Of each column, what whoever takes it asks for: see {@link SpelledAhead}. */
  readonly asked: Int32Array;
  /** Of each block, what is there of a column. */
  readonly made: Int32Array;
  /** Of each block, the whole numbers of one column after another, and the decimals. */
  readonly wholes: Int32Array;
  readonly decimals: Float64Array;
}

/** What is asked for and what is there of a column, as bits; the last one is of what is there. */
const [wholesBit, decimalsBit, othersBit] = [1, 2, 4];

const slots = 4;
const [put, taken, isLeft, firstRows] = [0, 1, 2, 3];
/** In the place of rows: all blocks are there; what follows is not plain. */
const [noMore, notPlain] = [-1, -2];
const columnWords = blockRows * entryWords;

export function createLineRing(file: LineFile, columns: readonly number[]): LineRing {
  const ints = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
  const values = slots * columns.length * blockRows;
  return {
    file,
    columns,
    control: ints(firstRows + slots),
    entries: ints(values * entryWords),
    bytes: new Uint8Array(new SharedArrayBuffer(slots * largestBlock)),
    asked: ints(columns.length),
    made: ints(slots * columns.length),
    wholes: ints(values),
    decimals: new Float64Array(new SharedArrayBuffer(8 * values)),
  };
}

/** Reads the lines into the ring, until all are read or nobody takes any more. */
export async function fillRing(ring: LineRing): Promise<void> {
  const { file, columns, control, entries, bytes } = ring;
  let next = 0;
  const give = (rows: number): void => {
    control[firstRows + (next % slots)] = rows;
    next += 1;
    Atomics.store(control, put, next);
    Atomics.notify(control, put);
  };
  /** False where nobody takes any more. */
  const hasRoom = (): boolean => {
    for (;;) {
      const seen = Atomics.load(control, taken);
      if (Atomics.load(control, isLeft) === 1) return false;
      if (next - seen < slots) return true;
      Atomics.wait(control, taken, seen);
    }
  };
  let last = noMore;
  try {
    for await (const block of readPlainLines(file, undefined)) {
      if (!hasRoom()) return;
      const slot = next % slots;
      let hasLong = false;
      for (const [i, column] of columns.entries()) {
        const place = slot * columns.length + i;
        const first = place * columnWords;
        if (fillEntries(block, column, entries.subarray(first, first + columnWords))) hasLong = true;
        // Who has no other block to go on with finds it as fast.
        const isAhead = next - Atomics.load(control, taken) > 1;
        ring.made[place] = isAhead ? spell(ring, block, Atomics.load(ring.asked, i), place) : 0;
      }
      if (hasLong) bytes.set(bytesOf(block), slot * largestBlock + block.start);
      give(block.rows);
    }
  } catch (error) {
    if (!(error instanceof UnplainLines)) throw error;
    last = notPlain;
  }
  if (hasRoom()) give(last);
}

/** Finds what is asked for of a column whose entries were filled last; what is there then. */
function spell({ wholes, decimals }: LineRing, { kernels, rows }: LineBlock, asked: number, place: number): number {
  if (kernels === undefined) return 0;
  let made = 0;
  if ((asked & wholesBit) !== 0) {
    wholes.set(kernels.wholes(rows, wholesBelow), place * blockRows);
    made |= wholesBit;
  }
  if ((asked & decimalsBit) !== 0) {
    const { values, hasOthers } = kernels.decimals(rows);
    decimals.set(values, place * blockRows);
    made |= hasOthers ? decimalsBit | othersBit : decimalsBit;
  }
  return made;
}

/** What a thread that fills the ring has found, of column `i` of a block. */
function aheadOf({ columns, asked, made, wholes, decimals }: LineRing, slot: number, i: number): SpelledAhead {
  const place = slot * columns.length + i;
  const [first, last] = [place * blockRows, (place + 1) * blockRows];
  const [ownWholes, values] = [wholes.subarray(first, last), decimals.subarray(first, last)];
  const has = (bit: number): boolean => {
    if ((asked[i]! & bit) === 0) Atomics.or(asked, i, bit);
    return (made[place]! & bit) !== 0;
  };
  return {
    wholes: () => (has(wholesBit) ? ownWholes : undefined),
    decimals: () => (has(decimalsBit) ? { values, hasOthers: (made[place]! & othersBit) !== 0 } : undefined),
  };
}

function bytesOf({ bytes, start, ends, rows, columns }: LineBlock): Uint8Array {
  return bytes.subarray(start, ends[rows * columns - 1]);
}

/** The blocks of a ring, each good until the next one is asked for. */
export interface RingReader {
  /** Waits for the next block, at most so long; its rows, 0 where it is not there yet, undefined where there are no more. Throws {@link UnplainLines}. */
  next(milliseconds: number): number | undefined;
  /** The column `columns[i]` of the block. */
  vector(i: number): ColumnVector;
  /** Has the other thread end. */
  leave(): void;
}

export function readRing(ring: LineRing): RingReader {
  const { columns, control, entries, bytes } = ring;
  let current = -1;
  const textOf = createKnownTexts();
  const vectors = Array.from({ length: slots }, (_, slot) =>
    columns.map((__, i) => {
      const first = (slot * columns.length + i) * columnWords;
      const own = Buffer.from(bytes.buffer, slot * largestBlock, largestBlock);
      return textVector(entries.subarray(first, first + columnWords), () => own, textOf, aheadOf(ring, slot, i));
    }),
  );
  return {
    next: (milliseconds) => {
      if (Atomics.load(control, put) <= current + 1 && milliseconds > 0)
        Atomics.wait(control, put, current + 1, milliseconds);
      if (Atomics.load(control, put) <= current + 1) return 0;
      current += 1;
      // The block before it may be written over.
      Atomics.store(control, taken, current);
      Atomics.notify(control, taken);
      const rows = control[firstRows + (current % slots)]!;
      if (rows === notPlain) throw new UnplainLines("another thread has read them");
      return rows === noMore ? undefined : rows;
    },
    vector: (i) => vectors[current % slots]![i]!,
    leave: () => {
      Atomics.store(control, isLeft, 1);
      Atomics.add(control, taken, slots);
      Atomics.notify(control, taken);
    },
  };
}
