/** Which products are made in bfloat16 where a training asks for that: those that are large enough to win more than rounding their factors costs. */
import type { Place } from "./places.js";

/** Numbers of a factor, or of the result where both factors are rounded each time, at least. */
const leastNumbers = 512;
const leastDepth = 16;
const leastSide = 8;

/** Of rows with a factor that all of them share, [depth, columns]. */
export function paysForRows(rows: number, columns: number, depth: number): boolean {
  return rows >= 16 && columns >= leastSide && depth >= leastDepth && columns * depth >= leastNumbers;
}

/** Of the columns of two values, over so many rows. */
export function paysOverRows(left: number, right: number, rows: number): boolean {
  return left >= leastSide && right >= leastSide && rows >= leastDepth && left * right >= leastNumbers;
}

/** Of many matrices, each [rows, depth] · [depth, columns]; the kernel wants numbers of their rows beside each other. */
export function paysForEach(out: Place, left: Place, right: Place): boolean {
  const [rows = 1, columns = 1] = out.shape.slice(-2);
  const depth = left.shape.at(-1) ?? 1;
  const isApart = out.strides.at(-1) !== 1 || right.strides.at(-1) !== 1;
  if (isApart || (left.strides.at(-1) !== 1 && left.strides.at(-2) !== 1)) return false;
  return paysForRows(rows, columns, depth) && paysOverRows(rows, columns, depth);
}

/** What a packed factor takes, in numbers of 32 bits: see `native/products-bf16.h`. */
export function packedNumbers(columns: number, depth: number): number {
  return Math.ceil(columns / 16) * Math.ceil(depth / 32) * 256;
}
