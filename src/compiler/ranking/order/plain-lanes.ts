import { scratchNumbers } from "../list/scratch.js";
import type { Lanes } from "./lanes.js";
import { tile } from "./tile-kernels.js";

/** {@link Lanes} without WebAssembly. */
export const plainLanes: Lanes = {
  take: scratchNumbers,
  addProducts: (block, { first, count: columns }, factors, row, count) => {
    let k = 0;
    for (; k + 7 < columns; k += 8) addEight(block, first + k * tile, factors, k, row, count);
    for (; k < columns; k++) {
      const factor = factors[k]!;
      for (let i = 0, own = first + k * tile; i < count; i++) block[row + i]! += factor * block[own++]!;
    }
  },
  takeSquares: (block, row, by, left, first, count) => {
    const factor = by[0]!;
    for (let i = 0; i < count; i++) {
      const each = block[row + i]! * factor;
      block[row + i] = each;
      left[first + i]! -= each * each;
    }
  },
};

/** Adds the products of eight columns in one pass: their sum need not be stored from one to the next. */
function addEight(
  block: Float64Array,
  first: number,
  factors: Float64Array,
  from: number,
  row: number,
  count: number,
): void {
  const [a, b, c, d] = [factors[from]!, factors[from + 1]!, factors[from + 2]!, factors[from + 3]!];
  const [e, f, g, h] = [factors[from + 4]!, factors[from + 5]!, factors[from + 6]!, factors[from + 7]!];
  for (let i = 0, at = first; i < count; i++, at++)
    block[row + i] =
      block[row + i]! +
      a * block[at]! +
      b * block[at + tile]! +
      c * block[at + 2 * tile]! +
      d * block[at + 3 * tile]! +
      e * block[at + 4 * tile]! +
      f * block[at + 5 * tile]! +
      g * block[at + 6 * tile]! +
      h * block[at + 7 * tile]!;
}
