/** The short way of the values of a column: many rows of a batch at once, and what the value before has got is remembered. */
import type { EncodedBatch } from "../../batches/dataset.js";
import type { PlainIds, PlainNumber } from "../plain-values.js";
import { createMetTexts } from "./met-texts.js";

/**
 * A column that a feature is as it is. A value that is plain goes into `ids` or `numbers` at the feature's place. What puts many takes the rows of a batch
 * from `from` on and before `to`, row i of which has the value `values[i - first]`, and says which row has the first value that goes the long way; `to` where
 * none has.
 */
export interface PlainColumn {
  readonly column: string;
  /** Whether the value is plain. */
  readonly put: (batch: EncodedBatch, at: number, value: unknown) => boolean;
  readonly putValues: PutMany<readonly unknown[]>;
  readonly putNumbers: PutMany<Float64Array>;
  /** The same of codes of a dictionary; `known` has the id of each value that was met, and 0. Absent: each value is told of. */
  readonly putCodes?: PutCodes;
}

export type PutMany<T> = (batch: EncodedBatch, from: number, to: number, values: T, first: number) => number;

export type PutCodes = (
  batch: EncodedBatch,
  from: number,
  to: number,
  codes: ArrayLike<number>,
  first: number,
  dictionary: readonly unknown[],
  known: Int32Array,
) => number;

/** Where a feature's value of a row is: `row * width + offset`. */
export interface PlaceInRow {
  readonly width: number;
  readonly offset: number;
}

/** Values that become ids. */
export function createPlainCategory(column: string, { width, offset }: PlaceInRow, plain: PlainIds): PlainColumn {
  const idOfText = createMetTexts(plain);
  const idOf = (value: unknown): number => (typeof value === "string" ? idOfText(value) : plain(value));
  let lastNumber = NaN;
  let lastNumberId = 0;
  return {
    column,
    put: ({ ids }, at, value) => {
      const id = idOf(value);
      if (id > 0) ids[at * width + offset] = id;
      return id > 0;
    },
    putValues: ({ ids }, from, to, values, first) => {
      for (let at = from, place = from * width + offset; at < to; at += 1, place += width) {
        const id = idOf(values[at - first]);
        if (id === 0) return at;
        ids[place] = id;
      }
      return to;
    },
    putNumbers: ({ ids }, from, to, values, first) => {
      for (let at = from, place = from * width + offset; at < to; at += 1, place += width) {
        const value = values[at - first]!;
        if (value !== lastNumber) {
          const id = plain(value);
          if (id === 0) return at;
          lastNumber = value;
          lastNumberId = id;
        }
        ids[place] = lastNumberId;
      }
      return to;
    },
    putCodes: ({ ids }, from, to, codes, first, dictionary, known) => {
      for (let at = from, place = from * width + offset; at < to; at += 1, place += width) {
        const code = codes[at - first]!;
        let id = known[code];
        if (id === undefined) return at;
        if (id === 0) {
          id = idOf(dictionary[code]);
          if (id === 0) return at;
          known[code] = id;
        }
        ids[place] = id;
      }
      return to;
    },
  };
}

/** Values that are numbers; `observe` is told of each, and `write` puts what it becomes into the batch. */
export function createPlainNumbers(
  column: string,
  plain: PlainNumber,
  observe: (value: number) => void,
  write: (batch: EncodedBatch, at: number, value: number) => void,
): PlainColumn {
  let lastText = "";
  let lastNumber = NaN;
  const numberOf = (value: unknown): number => {
    if (typeof value !== "string") return plain(value);
    if (value === lastText) return lastNumber;
    lastNumber = plain(value);
    lastText = value;
    return lastNumber;
  };
  const put = (batch: EncodedBatch, at: number, value: unknown): boolean => {
    const number = numberOf(value);
    if (Number.isNaN(number)) return false;
    observe(number);
    write(batch, at, number);
    return true;
  };
  return {
    column,
    put,
    putValues: (batch, from, to, values, first) => {
      for (let at = from; at < to; at += 1) if (!put(batch, at, values[at - first])) return at;
      return to;
    },
    putNumbers: (batch, from, to, values, first) => {
      for (let at = from; at < to; at += 1) {
        const number = plain(values[at - first]);
        if (Number.isNaN(number)) return at;
        observe(number);
        write(batch, at, number);
      }
      return to;
    },
  };
}

/** A function of a number that remembers what it said of the number before. */
export function rememberingLast(compute: (value: number) => number): (value: number) => number {
  let last = NaN;
  let result = NaN;
  return (value) => {
    if (value === last) return result;
    result = compute(value);
    last = value;
    return result;
  };
}
