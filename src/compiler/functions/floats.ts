/** Neighbours among the 64-bit floating-point numbers: what proofs about computed values step by. Pure. */

const word = new DataView(new ArrayBuffer(8));

/** The number `steps` places further up the line of all floating-point numbers; both zeros are one place. */
function move(value: number, steps: number): number {
  if (!Number.isFinite(value)) return value;
  word.setFloat64(0, Math.abs(value));
  const place = word.getBigInt64(0);
  const moved = (value < 0 ? -place : place) + BigInt(steps);
  word.setBigInt64(0, moved < 0n ? -moved : moved);
  const size = word.getFloat64(0);
  // Past the greatest number is infinity, and past that no number at all.
  const reached = Number.isNaN(size) ? Infinity : size;
  return moved < 0n ? -reached : reached;
}

/** The least number above `value`; infinities stay. */
export function nextUp(value: number): number {
  return move(value, 1);
}

/** The greatest number below `value`; infinities stay. */
export function nextDown(value: number): number {
  return move(value, -1);
}

/**
 * How far a computed `exp`, `log` or power may differ from the computed value of a neighbouring argument: engines promise an
 * error of less than one unit in the last place of each, not that a greater argument has the greater result.
 */
const slack = 4;

/** A bound from below for values that an engine computes with an error of a few units in the last place. */
export function roundedDown(value: number): number {
  return move(value, -slack);
}

/** A bound from above for the same. */
export function roundedUp(value: number): number {
  return move(value, slack);
}
