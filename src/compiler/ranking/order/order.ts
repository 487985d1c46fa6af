import { roughLeast, sortRoughly } from "./rough-order.js";

/**
 * Compares texts by code point, as UTF-8 bytes compare: −1, 0 or 1. Unlike `<` on strings, which compares UTF-16 units and
 * puts astral characters before U+E000 … U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return fixUpUnit(x) < fixUpUnit(y) ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** Surrogates after all other units: then the order of units is that of code points. */
function fixUpUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The columns of the total order. */
export interface OrderKeys {
  readonly scores: Float64Array;
  /** 1 for candidates that come after all others. */
  readonly last?: Uint8Array;
  /** Each greater first; NaN after all. */
  readonly ties: readonly Float64Array[];
  /** Unique. */
  readonly ids: readonly string[];
}

/**
 * Sorts `rows` in place into the total order: the `last` ones after the others, score descending (NaN and −∞ at the end),
 * tie keys descending, id by code point. The order is total, so neither the input's order nor the algorithm shows.
 */
export function sortRows(rows: Int32Array, keys: OrderKeys): Int32Array {
  if (rows.length < roughLeast) return mergeSort(rows, keys);
  sortRoughly(rows, keys.scores, keys.last, (from, to) => mergeSort(rows.subarray(from, to), keys));
  return rows;
}

function mergeSort(rows: Int32Array, keys: OrderKeys): Int32Array {
  const { scores, last } = keys;
  const precedes = (a: number, b: number): boolean => {
    const tier = (last?.[a] ?? 0) - (last?.[b] ?? 0);
    if (tier !== 0) return tier < 0;
    const x = scores[a]!;
    const y = scores[b]!;
    if (x > y) return true;
    if (x < y) return false;
    return precedesTied(keys, a, b, x, y);
  };
  const count = rows.length;
  let [from, to]: [Int32Array, Int32Array] = [rows, new Int32Array(count)];
  const run = 8;
  for (let start = 0; start < count; start += run) {
    const end = Math.min(start + run, count);
    for (let i = start + 1; i < end; i++) {
      const row = from[i]!;
      let at = i - 1;
      while (at >= start && precedes(row, from[at]!)) {
        from[at + 1] = from[at]!;
        at--;
      }
      from[at + 1] = row;
    }
  }
  for (let width = run; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        const takesRight = right < end && (left >= middle || precedes(from[right]!, from[left]!));
        to[at] = from[takesRight ? right++ : left++]!;
      }
    }
    [from, to] = [to, from];
  }
  if (from !== rows) rows.set(from);
  return rows;
}

function precedesTied({ ties, ids }: OrderKeys, a: number, b: number, x: number, y: number): boolean {
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(y);
  for (const column of ties) {
    const [s, t] = [column[a]!, column[b]!];
    if (s > t) return true;
    if (s < t) return false;
    if (Number.isNaN(s) !== Number.isNaN(t)) return Number.isNaN(t);
  }
  return compareCodePoints(ids[a] as string, ids[b] as string) < 0;
}
