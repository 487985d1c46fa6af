/** Columns of encoded words: ids in the place of codes, hashes of rows, rows. */
import { openKernels } from "./module.js";
import { hashSeeds, type Mixed, nullMark, outsideMark } from "./row-kernels.js";

/** A table of ids by codes. */
export interface IdTable {
  readonly ids: Int32Array;
  /** The code whose id is the first. */
  readonly least: number;
  /** Codes from here on are in places that are `gap` before their own. */
  readonly from: number;
  readonly gap: number;
  /** The code of a null; that of another one whose id is {@link nullMark} is one as well. */
  readonly none: number;
  /** What a null becomes. */
  readonly unknown: number;
}

/** The same memory as words and as numbers. */
interface Views {
  readonly words: Int32Array<ArrayBuffer>;
  readonly floats: Float32Array<ArrayBuffer>;
}

/** Words that lie column by column, what is made of columns, and the same as rows. Columns are `step` words apart, from a multiple of 16 bytes on. */
export interface RowKernels {
  /** Columns of so many words. */
  columns(step: number): Views;
  /** The first `rows` rows; good until the next call. */
  rows(rows: number, step: number): Views;
  /** Puts ids by a table into the place of codes; how many were null and how many 0. Undefined, with the codes as they were, where the table does not have them all. */
  pickIds(
    table: number,
    word: number,
    rows: number,
    step: number,
  ): { readonly nulls: number; readonly unseen: number } | undefined;
  /** The two hashes of each row as they are before any word. */
  resetHashes(rows: number): { readonly a: Int32Array; readonly b: Int32Array };
  /** Takes a column into the second or the first hash of its rows. */
  mix(isSecond: boolean, what: Mixed, word: number, rows: number, step: number): void;
}

/** For rows of `width` words, of columns of `most` words. */
export function openRowKernels(width: number, most: number, tables: readonly IdTable[]): RowKernels | undefined {
  const bytes = 4 * width * most;
  // A place of the memory for each table, and what aligns it.
  const tableBytes = tables.reduce((sum, { ids }) => sum + 4 * (ids.length + 2) + 16, 0);
  const memory = openKernels(2 * bytes + 12 * most + tableBytes);
  if (memory === undefined) return undefined;
  const { buffer, kernels, take } = memory;
  const [columnsAt, rowsAt, idsAt, foundAt] = [take(bytes), take(bytes), take(4 * most), take(12)];
  const hashesAt = [take(4 * most), take(4 * most)] as const;
  const [a, b] = hashesAt.map((at) => new Int32Array(buffer, at, most)) as [Int32Array, Int32Array];
  const tablesAt = tables.map(({ ids }) => {
    const at = take(4 * (ids.length + 2));
    const table = new Int32Array(buffer, at, ids.length + 2);
    table.set(ids);
    table.set([outsideMark, nullMark], ids.length);
    return at;
  });
  const viewsAt = (at: number, words: number): Views => ({
    words: new Int32Array(buffer, at, words),
    floats: new Float32Array(buffer, at, words),
  });
  const [allWords, allIds] = [new Int32Array(buffer, columnsAt, width * most), new Int32Array(buffer, idsAt, most)];
  const found = new Int32Array(buffer, foundAt, 3);
  const made = viewsAt(rowsAt, width * most);
  return {
    columns: (step) => viewsAt(columnsAt, width * step),
    rows: (rows, step) => {
      kernels["rowsOfColumns"]!(columnsAt, rowsAt, rows, 4 * step, width);
      return made;
    },
    pickIds: (table, word, rows, step) => {
      if (rows === 0) return { nulls: 0, unseen: 0 };
      const { ids: own, least, from, gap, none, unknown } = tables[table]!;
      const codes = columnsAt + 4 * word * step;
      kernels["idsOfCodes"]!(
        codes,
        idsAt,
        tablesAt[table]!,
        own.length,
        least,
        from,
        gap,
        none,
        unknown,
        foundAt,
        rows,
      );
      const [nulls, unseen, outside] = [found[0]!, found[1]!, found[2]!];
      if (outside !== 0) return undefined;
      allWords.set(allIds.subarray(0, rows), word * step);
      return { nulls, unseen };
    },
    resetHashes: (rows) => {
      a.fill(hashSeeds[0], 0, rows);
      b.fill(hashSeeds[1], 0, rows);
      return { a, b };
    },
    mix: (isSecond, what, word, rows, step) =>
      void kernels[`mix-${what}`]!(hashesAt[isSecond ? 1 : 0], columnsAt + 4 * word * step, rows),
  };
}
