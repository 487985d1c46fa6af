import { nextDown, nextUp, roundedDown, roundedUp } from "./floats.js";

/**
 * Interval arithmetic for formulas: from the ranges of the inputs, the range of what an engine computes in 64-bit
 * floating point. Sums, products, quotients and roots are rounded to the nearest number, which never turns the order of two
 * results round: computed from the ends of the ranges they bound every result, without more. Powers, exponentials and
 * logarithms are bounded with a margin. A bound that is not reached is a bound at the number next to it, so that `x > 0`
 * starts at 5e-324, and whether a product of such numbers can be 0 is computed and not assumed.
 *
 * A bound of infinity means "of unknown size": inputs are finite, and 0 · ∞ is therefore 0. What has no safe result is a
 * hazard with its reason. Pure.
 */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The bound itself is not reached. */
  readonly lowOpen?: boolean;
  readonly highOpen?: boolean;
}

export const anyNumber: Interval = { low: -Infinity, high: Infinity };
export const unitInterval: Interval = { low: 0, high: 1 };
export const nonNegative: Interval = { low: 0, high: Infinity };

export function point(value: number): Interval {
  return { low: value, high: value };
}

/** Why a result may be not a number, or may be infinite. */
export type Hazard =
  | "division by zero"
  | "logarithm of zero or less"
  | "root of a negative number"
  | "fractional power"
  | "zero to a negative power"
  | "overflow";

export type IntervalResult = { readonly range: Interval; readonly hazard?: Hazard };

/** Whether a value of the interval may be `value`. */
export function holds(range: Interval, value: number): boolean {
  const above = range.lowOpen === true ? value > range.low : value >= range.low;
  const below = range.highOpen === true ? value < range.high : value <= range.high;
  return above && below;
}

/** Whether every value of `inner` is one of `outer`. */
export function encloses(outer: Interval, inner: Interval): boolean {
  const low = outer.low < inner.low || (outer.low === inner.low && (outer.lowOpen !== true || inner.lowOpen === true));
  const high =
    outer.high > inner.high || (outer.high === inner.high && (outer.highOpen !== true || inner.highOpen === true));
  return low && high;
}

/** `[0, 1]`, `(0, ∞)`. */
export function showInterval({ low, high, lowOpen, highOpen }: Interval): string {
  const open = lowOpen === true || low === -Infinity ? "(" : "[";
  const close = highOpen === true || high === Infinity ? ")" : "]";
  return `${open}${showBound(low)}, ${showBound(high)}${close}`;
}

function showBound(value: number): string {
  return value === Infinity ? "∞" : value === -Infinity ? "−∞" : String(Number(value.toPrecision(6)));
}

export function negate({ low, high, lowOpen, highOpen }: Interval): Interval {
  return interval(-high, -low, highOpen, lowOpen);
}

export function add(a: Interval, b: Interval): IntervalResult {
  return bounded([a, b], (x, y) => ({ low: x.low + y.low, high: x.high + y.high }));
}

export function subtract(a: Interval, b: Interval): IntervalResult {
  return add(a, negate(b));
}

export function multiply(a: Interval, b: Interval): IntervalResult {
  return bounded([a, b], (x, y) => hull(corners(x, y, (p, q) => (p === 0 || q === 0 ? 0 : p * q))));
}

export function divide(a: Interval, b: Interval): IntervalResult {
  if (holds(b, 0)) return { range: anyNumber, hazard: "division by zero" };
  // A divisor that comes near 0 without reaching it makes a quotient of unknown size, like an input without a bound.
  const unknown = b.low === 0 || b.high === 0;
  const sign = b.low >= 0 ? 1 : -1;
  const quotient = (p: number, q: number): number => {
    if (p === 0 || Math.abs(q) === Infinity) return 0;
    return q === 0 ? Math.sign(p) * sign * Infinity : p / q;
  };
  return bounded([a, b], (x, y) => hull(corners(x, y, quotient)), unknown);
}

/** x^y. A whole exponent that is one number may have a negative base. */
export function power(base: Interval, exponent: Interval): IntervalResult {
  const whole = exponent.low === exponent.high && Number.isInteger(exponent.low) ? exponent.low : undefined;
  if (base.low < 0 && whole === undefined) return { range: anyNumber, hazard: "fractional power" };
  if (exponent.low < 0 && holds(base, 0)) return { range: anyNumber, hazard: "zero to a negative power" };
  const unknown = exponent.low < 0 && (base.low === 0 || base.high === 0);
  // For one exponent a power rises or falls with its base, and for one base with its exponent: the corners bound it.
  // Below 0 the base may turn at 0.
  const raise = (x: number, y: number): number => powerOf(x, y, base.low < 0 ? -1 : 1);
  const turning = base.low < 0 && whole !== undefined && whole > 0 && holds(base, 0) ? [0] : [];
  const ends = (x: Ends, y: Ends): Ends => hull([...corners(x, y, raise), ...turning]);
  const isExact = exponent.low === exponent.high && exactExponents.includes(exponent.low);
  return bounded([base, exponent], (x, y) => (isExact ? ends(x, y) : widened(ends(x, y))), unknown);
}

/** Exponents whose powers are computed by products, quotients and roots, when they are known: see `raise` of formulas. */
const exactExponents: readonly number[] = [0, 1, 2, 0.5, -1, -0.5];

/** A power at the end of a range. 0, which a negative exponent only comes near, is approached from the side of `sign`. */
function powerOf(base: number, exponent: number, sign: 1 | -1): number {
  if (exponent === 0 || base === 1) return 1;
  if (base === 0 && exponent < 0) return sign < 0 && exponent % 2 !== 0 ? -Infinity : Infinity;
  if (exponent === 2) return base * base;
  if (Math.abs(exponent) === 0.5) return exponent > 0 ? Math.sqrt(base) : 1 / Math.sqrt(base);
  return base ** exponent;
}

/** What keeps 0 and 1 where they were: no engine errs across a number that it can say exactly. */
function widened({ low, high }: Ends): Ends {
  const keep = (value: number, moved: number): number =>
    [0, 1].find((exact) => (value >= exact && moved <= exact) || (value <= exact && moved >= exact)) ?? moved;
  return { low: keep(low, roundedDown(low)), high: keep(high, roundedUp(high)) };
}

/** A rising function that is computed exactly or with an error in the last places; `least` is the end of what it takes. */
export function increasing(
  range: Interval,
  apply: (value: number) => number,
  options: {
    readonly domain?: { readonly least: number; readonly open: boolean; readonly hazard: Hazard };
    /** The engine rounds the true value to the nearest number. */
    readonly exact?: true;
  } = {},
): IntervalResult {
  const { domain, exact } = options;
  if (domain !== undefined) {
    const reaches = range.low < domain.least || (domain.open && holds(range, domain.least));
    if (reaches) return { range: anyNumber, hazard: domain.hazard };
  }
  // What comes near the end of a domain without reaching it stays finite: the logarithm of 5e-324 is −744.
  const ends = closed(range);
  const values = { low: apply(ends.low), high: apply(ends.high) };
  const { low, high } = exact === true ? values : widened(values);
  return guarded(openedAtZero({ low, high }, { low: apply(range.low), high }), [range], false);
}

/** e^x overflows where x is not known to stay below this. */
const greatestExponent = Math.log(Number.MAX_VALUE);

export function exponential(range: Interval): IntervalResult {
  if (range.high > greatestExponent) return { range: nonNegative, hazard: "overflow" };
  return increasing(range, Math.exp);
}

export function absolute(range: Interval): Interval {
  if (range.low >= 0) return range;
  if (range.high <= 0) return negate(range);
  return interval(0, Math.max(-range.low, range.high), false, false);
}

export function minimum(a: Interval, b: Interval): Interval {
  return interval(
    Math.min(a.low, b.low),
    Math.min(a.high, b.high),
    a.low === b.low ? a.lowOpen === true && b.lowOpen === true : a.low < b.low ? a.lowOpen : b.lowOpen,
    a.high === b.high ? a.highOpen === true || b.highOpen === true : a.high < b.high ? a.highOpen : b.highOpen,
  );
}

export function maximum(a: Interval, b: Interval): Interval {
  return negate(minimum(negate(a), negate(b)));
}

/** The smallest interval around both. */
export function union(a: Interval, b: Interval): Interval {
  return interval(
    Math.min(a.low, b.low),
    Math.max(a.high, b.high),
    a.low === b.low ? a.lowOpen === true && b.lowOpen === true : a.low < b.low ? a.lowOpen : b.lowOpen,
    a.high === b.high ? a.highOpen === true && b.highOpen === true : a.high > b.high ? a.highOpen : b.highOpen,
  );
}

/** The least and the greatest number of a range, both reached. */
interface Ends {
  readonly low: number;
  readonly high: number;
}

/** The numbers that a range really holds. */
function closed({ low, high, lowOpen, highOpen }: Interval): Ends {
  return { low: lowOpen === true ? nextUp(low) : low, high: highOpen === true ? nextDown(high) : high };
}

function corners(a: Ends, b: Ends, apply: (x: number, y: number) => number): readonly number[] {
  return [apply(a.low, b.low), apply(a.low, b.high), apply(a.high, b.low), apply(a.high, b.high)];
}

function hull(values: readonly number[]): Ends {
  return { low: Math.min(...values), high: Math.max(...values) };
}

/** The range of an operation from the ends of its operands; `unknown` says that a result may be of any size all the same. */
function bounded(
  [a, b]: readonly [Interval, Interval],
  apply: (a: Ends, b: Ends) => Ends,
  unknown = false,
): IntervalResult {
  const reached = apply(closed(a), closed(b));
  const named = apply(a, b);
  const isUnknown = unknown || ![a, b].every(isBounded);
  const low = unknown ? Math.min(reached.low, named.low) : reached.low;
  const high = unknown ? Math.max(reached.high, named.high) : reached.high;
  return guarded(openedAtZero({ low, high }, named), [a, b], isUnknown);
}

/** A result that only an operand's open end keeps from 0 is open at 0. */
function openedAtZero(reached: Ends, named: Ends): Interval {
  const [lowOpen, highOpen] = [named.low === 0 && reached.low > 0, named.high === 0 && reached.high < 0];
  return interval(lowOpen ? 0 : reached.low, highOpen ? 0 : reached.high, lowOpen, highOpen);
}

function isBounded({ low, high }: Interval): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

/**
 * The range, unless it shows an overflow: of bounded inputs, or of a result that is beyond every number whatever the inputs
 * are.
 */
function guarded(range: Interval, inputs: readonly Interval[], unknown: boolean): IntervalResult {
  const always = range.low === Infinity || range.high === -Infinity;
  const overflows = !isBounded(range) && !unknown && inputs.every(isBounded);
  return always || overflows ? { range: anyNumber, hazard: "overflow" } : { range };
}

function interval(low: number, high: number, lowOpen?: boolean, highOpen?: boolean): Interval {
  // Neither end is −0.
  const ends: Interval = { low: low === 0 ? 0 : low, high: high === 0 ? 0 : high };
  if (lowOpen !== true && highOpen !== true) return ends;
  return {
    ...ends,
    ...(lowOpen === true && low !== -Infinity ? { lowOpen } : {}),
    ...(highOpen === true && high !== Infinity ? { highOpen } : {}),
  };
}
