/** Whole numbers of a column as ids of a vocabulary. */
import type { ColumnEncoder } from "./encoded-column.js";
import type { VocabularyIds } from "./feature-encoder.js";
import { int32Of, nullHigh, validityOf, wholeSql, wordPairsOf } from "./vectors.js";

/** Of an integer of at most 32 bits with a sign. `unknown` is the id of a null. */
export function shortWholeEncoder(sql: string, ids: VocabularyIds, unknown: number): ColumnEncoder {
  let table: ReturnType<NonNullable<VocabularyIds["wholes"]>> | undefined;
  return {
    sql: `CAST(${sql} AS INTEGER)`,
    fill: (vector, { records: { words }, first, stride, rows }, counts) => {
      table ??= ids.wholes?.() ?? { first: 0, ids: new Int32Array(0) };
      const { first: least, ids: known } = table;
      const places = known.length;
      const values = int32Of(vector);
      const isThere = validityOf(vector);
      for (let i = 0, word = first; i < rows; i++, word += stride) {
        const place = values[i]! - least;
        let id = place >= 0 && place < places ? known[place]! : 0;
        if (isThere?.(i) === false) {
          counts.nulls += 1;
          id = unknown;
        } else if (id === 0) {
          id = ids.ofWhole(values[i]!);
          if (id === 0) counts.unseen += 1;
        }
        words[word] = id;
      }
    },
  };
}

/** `unknown` is the id of a null. */
export function wholeEncoder(sql: string, ids: VocabularyIds, unknown: number): ColumnEncoder {
  return {
    sql: wholeSql(sql),
    fill: (vector, { records: { words }, first, stride, rows }, counts) => {
      const pairs = wordPairsOf(vector);
      for (let i = 0, word = first; i < rows; i++, word += stride) {
        const low = pairs[2 * i]!;
        const high = pairs[2 * i + 1]!;
        if (high === nullHigh && low === 0) {
          counts.nulls += 1;
          words[word] = unknown;
          continue;
        }
        const id = high === low >> 31 ? ids.ofWhole(low) : idOfPair(low, high, ids);
        if (id === 0) counts.unseen += 1;
        words[word] = id;
      }
    },
  };
}

function idOfPair(low: number, high: number, ids: VocabularyIds): number {
  const value = high * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(value) ? ids.ofWhole(value) : ids.ofText(textOfPair(low, high));
}

export function textOfPair(low: number, high: number): string {
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}
