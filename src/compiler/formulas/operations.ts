/**
 * What each operator of a formula computes, for one candidate; functions are rows of `functions/`. Both evaluators call
 * these very functions, so that they agree bit for bit. A number that is missing is NaN; a boolean is 1, 0, or NaN
 * where it is unknown; a text that is missing is undefined.
 */

/**
 * x to the power y. An engine may compute a square as a product and a root by its own instruction once it sees the
 * exponent in the code: what it may then return is returned always.
 */
export function raise(base: number, exponent: number): number {
  if (exponent === 2) return base * base;
  if (exponent === 1) return base;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === 0) return base === base ? 1 : NaN;
  if (exponent === -1) return 1 / base;
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  // NaN to the power 0 is 1 to the engine; here a missing number stays missing.
  return base === base ? Math.pow(base, exponent) : NaN;
}

// --------------------------------------------------------------------------------------------------------- conditions

// Nobody can foresee which of the two it is: a jump costs more than arithmetic that does without one. What is unknown is rare.

/** Unknown, true, false. */
const truths = Float64Array.of(NaN, 1, 0);

export function bothHold(a: number, b: number): number {
  const both = a * b;
  return both === both ? both : a === 0 || b === 0 ? 0 : NaN;
}

export function eitherHolds(a: number, b: number): number {
  const either = a + b - a * b;
  return either === either ? either : a === 1 || b === 1 ? 1 : NaN;
}

export function doesNotHold(a: number): number {
  return 1 - a;
}

export function isEqual(a: number, b: number): number {
  return a === b ? 1 : a === a && b === b ? 0 : NaN;
}

export function isLess(a: number, b: number): number {
  return truths[Number(a < b) + 2 * Number(a >= b)]!;
}

export function isLessOrEqual(a: number, b: number): number {
  return truths[Number(a <= b) + 2 * Number(a > b)]!;
}

export function isSameText(a: string | undefined, b: string | undefined): number {
  return a === undefined || b === undefined ? NaN : a === b ? 1 : 0;
}

export function isTextLess(a: string | undefined, b: string | undefined): number {
  return a === undefined || b === undefined ? NaN : orderTexts(a, b) < 0 ? 1 : 0;
}

export function isTextLessOrEqual(a: string | undefined, b: string | undefined): number {
  return a === undefined || b === undefined ? NaN : orderTexts(a, b) <= 0 ? 1 : 0;
}

/** By code points; the engine's own order is by UTF-16 units, where characters beyond the first plane come too early. */
function orderTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const [high, low] = [x >= 0xd800 && x < 0xe000, y >= 0xd800 && y < 0xe000];
    return high === low ? x - y : high ? 1 : -1;
  }
  return a.length - b.length;
}

/** Whether one of a candidate's texts is the value. */
export function hasText(texts: readonly string[] | undefined, value: string | undefined): number {
  return texts === undefined || value === undefined ? NaN : texts.includes(value) ? 1 : 0;
}

// ------------------------------------------------------------------------------------------------------------- lines

/** The line through the points (knots[i], values[i]), flat outside of them. */
export function interpolate(x: number, knots: readonly number[], values: readonly number[]): number {
  if (!(x === x)) return NaN;
  const last = knots.length - 1;
  if (x <= knots[0]!) return values[0]!;
  if (x >= knots[last]!) return values[last]!;
  let i = 1;
  while (x > knots[i]!) i++;
  const [x0, x1] = [knots[i - 1]!, knots[i]!];
  const [y0, y1] = [values[i - 1]!, values[i]!];
  const width = x1 - x0;
  // Halves keep the distance of the greatest numbers finite.
  const share = width === Infinity ? (x / 2 - x0 / 2) / (x1 / 2 - x0 / 2) : (x - x0) / width;
  // As a mix of both ends, rounding cannot leave them far; the clamp takes away the rest.
  return Math.min(Math.max(y0 * (1 - share) + y1 * share, Math.min(y0, y1)), Math.max(y0, y1));
}
