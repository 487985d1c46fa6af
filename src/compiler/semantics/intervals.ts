/**
 * Interval arithmetic for formulas: from the ranges of the inputs, the range of a result. A bound of infinity means
 * "finite, of unknown size": inputs are finite, and 0 · ∞ is therefore 0. What has no safe result is a hazard with its
 * reason. Pure.
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

/** Why a result may be no number, or may be infinite. */
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
  return finite(
    interval(
      a.low + b.low,
      a.high + b.high,
      a.lowOpen === true || b.lowOpen === true,
      a.highOpen === true || b.highOpen === true,
    ),
    [a, b],
  );
}

export function subtract(a: Interval, b: Interval): IntervalResult {
  return add(a, negate(b));
}

export function multiply(a: Interval, b: Interval): IntervalResult {
  const corners = bounds(a).flatMap((x) => bounds(b).map((y) => corner(x, y)));
  return finite(hull(corners), [a, b]);
}

export function divide(a: Interval, b: Interval): IntervalResult {
  if (holds(b, 0)) return { range: anyNumber, hazard: "division by zero" };
  const corners = bounds(a).flatMap((x) => bounds(b).map((y) => quotientCorner(x, y, b.low >= 0 ? 1 : -1)));
  // A divisor that comes near 0 without reaching it makes a quotient of unknown size, like an input without a bound.
  const nearsZero = b.low === 0 || b.high === 0;
  return nearsZero ? { range: hull(corners) } : finite(hull(corners), [a, b]);
}

function quotientCorner(x: Bound, y: Bound, sign: number): Bound {
  if (x.value === 0 || Math.abs(y.value) === Infinity) return { value: 0, open: x.value !== 0 || x.open };
  if (y.value === 0) return { value: Math.sign(x.value) * sign * Infinity, open: true };
  return { value: x.value / y.value, open: x.open || y.open };
}

/** x^y. A whole exponent that is one number may have a negative base. */
export function power(base: Interval, exponent: Interval): IntervalResult {
  const whole = exponent.low === exponent.high && Number.isInteger(exponent.low) ? exponent.low : undefined;
  if (base.low < 0 && whole === undefined) return { range: anyNumber, hazard: "fractional power" };
  if (exponent.low < 0 && holds(base, 0)) return { range: anyNumber, hazard: "zero to a negative power" };
  if (whole !== undefined && base.low < 0) {
    const ends = [base.low ** whole, base.high ** whole].map((value) => ({ value, open: false }));
    const turning = whole % 2 === 0 && holds(base, 0) ? [{ value: 0, open: false }] : [];
    return finite(hull([...ends, ...turning]), [base]);
  }
  const corners = bounds(base).flatMap((x) =>
    bounds(exponent).map((y) => ({ value: powerBound(x.value, y.value), open: x.open || y.open })),
  );
  // Below and above 1 the exponent pulls in opposite directions: 1 is a turning point of the base.
  const turning = base.low <= 1 && base.high >= 1 ? [{ value: 1, open: false }] : [];
  return finite(hull([...corners, ...turning]), [base, exponent]);
}

/** An increasing function, applied to both ends; `least` is the end of what it may be given. */
export function increasing(
  range: Interval,
  apply: (value: number) => number,
  domain: { readonly least: number; readonly open: boolean; readonly hazard: Hazard } | undefined,
): IntervalResult {
  if (domain !== undefined) {
    const reaches = range.low < domain.least || (domain.open && holds(range, domain.least));
    if (reaches) return { range: anyNumber, hazard: domain.hazard };
  }
  const low = range.low === -Infinity ? apply(-Infinity) : apply(range.low);
  return finite(interval(low, apply(range.high), range.lowOpen, range.highOpen), [range]);
}

/** e^x overflows where x is not known to stay below this. */
const greatestExponent = Math.log(Number.MAX_VALUE);

export function exponential(range: Interval): IntervalResult {
  if (range.high > greatestExponent) return { range: nonNegative, hazard: "overflow" };
  return { range: interval(Math.exp(range.low), Math.exp(range.high), range.lowOpen, range.highOpen) };
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
  return hull([...bounds(a), ...bounds(b)]);
}

interface Bound {
  readonly value: number;
  readonly open: boolean;
}

function bounds(range: Interval): readonly Bound[] {
  return [
    { value: range.low, open: range.lowOpen === true },
    { value: range.high, open: range.highOpen === true },
  ];
}

function corner(x: Bound, y: Bound): Bound {
  if (x.value === 0 || y.value === 0) {
    // Zero is reached as soon as the zero of one side is.
    return { value: 0, open: (x.value !== 0 || x.open) && (y.value !== 0 || y.open) };
  }
  return { value: x.value * y.value, open: x.open || y.open };
}

function powerBound(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (base === Infinity) return exponent > 0 ? Infinity : 0;
  if (base === 1) return 1;
  return base ** exponent;
}

function hull(corners: readonly Bound[]): Interval {
  const low = Math.min(...corners.map(({ value }) => value));
  const high = Math.max(...corners.map(({ value }) => value));
  const openAt = (value: number): boolean => corners.every((each) => each.value !== value || each.open);
  return interval(low, high, openAt(low), openAt(high));
}

function interval(low: number, high: number, lowOpen?: boolean, highOpen?: boolean): Interval {
  return {
    low: low === 0 ? 0 : low,
    high: high === 0 ? 0 : high,
    ...(lowOpen === true && low !== -Infinity ? { lowOpen } : {}),
    ...(highOpen === true && high !== Infinity ? { highOpen } : {}),
  };
}

/** Bounded inputs that reach infinity have overflowed; unbounded ones are merely of unknown size. */
function finite(range: Interval, inputs: readonly Interval[]): IntervalResult {
  const bounded = inputs.every((each) => Number.isFinite(each.low) && Number.isFinite(each.high));
  const isFinite = Number.isFinite(range.low) && Number.isFinite(range.high);
  return bounded && !isFinite ? { range: anyNumber, hazard: "overflow" } : { range };
}
