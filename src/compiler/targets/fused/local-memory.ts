/** The memory of a thread: where the values of the rows at hand lie in it, and how many rows these are. */

import type { PlanInstruction } from "./plan.js";

/** A value that only one loop reads: the numbers of a row, and the first and last instruction that touches it. */
export interface Lifetime {
  readonly width: number;
  readonly first: number;
  last: number;
}

/** Of the local buffers of a loop. `widths`: numbers of a row, by buffer. */
export function lifetimesIn(
  instructions: readonly PlanInstruction[],
  widths: ReadonlyMap<number, number>,
): ReadonlyMap<number, Lifetime> {
  const locals = new Map<number, Lifetime>();
  instructions.forEach(({ operands }, at) => {
    for (const { buffer } of operands) {
      const width = widths.get(buffer);
      const known = locals.get(buffer);
      if (known !== undefined) known.last = at;
      else if (width !== undefined) locals.set(buffer, { width, first: at, last: at });
    }
  });
  return locals;
}

/** Numbers that the rows at hand may take in the memory of a thread: half of what a near cache has. */
const localNumbers = 1 << 17;
const mostTile = 128;
/** Rows at a time, a multiple of 16, so that values begin where vectors do. */
export function tileOf(rows: number, width: number): number {
  const fitting = Math.floor(localNumbers / Math.max(1, width));
  const most = width < 64 ? 1024 : mostTile;
  return Math.max(16, Math.min(most, Math.ceil(rows / 16) * 16, fitting - (fitting % 16)));
}

/** Where local buffers begin, in numbers of a row: those that are not in use at the same time may lie in one place. */
export function arrange(locals: ReadonlyMap<number, Lifetime>): {
  readonly width: number;
  readonly begins: ReadonlyMap<number, number>;
} {
  const begins = new Map<number, number>();
  const placed: { readonly begin: number; readonly end: number; readonly first: number; readonly last: number }[] = [];
  let width = 0;
  for (const [buffer, { width: size, first, last }] of locals) {
    const beside = placed
      .filter((other) => other.first <= last && first <= other.last)
      .toSorted((a, b) => a.begin - b.begin);
    let begin = 0;
    for (const other of beside) {
      if (begin + size <= other.begin) break;
      begin = Math.max(begin, other.end);
    }
    placed.push({ begin, end: begin + size, first, last });
    begins.set(buffer, begin);
    width = Math.max(width, begin + size);
  }
  return { width, begins };
}
