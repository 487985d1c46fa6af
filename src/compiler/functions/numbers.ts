/** Functions of the numbers of one candidate. */
import {
  absolute,
  anyNumber,
  exponential,
  increasing,
  maximum,
  minimum,
  multiply,
  unitInterval,
  type Interval,
} from "./intervals.js";
import { numbers, within, type CandidateFunction } from "./row.js";

const first = (ranges: readonly Interval[]): Interval => ranges[0] ?? anyNumber;
const second = (ranges: readonly Interval[]): Interval => ranges[1] ?? anyNumber;

/** The least base of `safe_pow`. */
export const leastBase = 1e-9;

export const numberFunctions = {
  min: {
    summary: "The smaller one.",
    of: "numbers",
    parameters: numbers("a", "b"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: minimum(first(ranges), second(ranges)) }),
    compute: Math.min,
  },
  max: {
    summary: "The larger one.",
    of: "numbers",
    parameters: numbers("a", "b"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: maximum(first(ranges), second(ranges)) }),
    compute: Math.max,
  },
  clamp: {
    summary: "The first, kept between the second and the third.",
    of: "numbers",
    parameters: numbers("x", "low", "high"),
    result: "number",
    keepsUnit: true,
    range: ([value = anyNumber, low = anyNumber, high = anyNumber]) => ({
      range: minimum(maximum(value, low), high),
    }),
    compute: (x: number, low: number, high: number) => Math.min(Math.max(x, low), high),
  },
  abs: {
    summary: "The absolute value.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: absolute(first(ranges)) }),
    compute: Math.abs,
  },
  floor: {
    summary: "The largest whole number that is not above.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => increasing(first(ranges), Math.floor, { exact: true }),
    compute: Math.floor,
  },
  exp: {
    summary: "e to the power.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    range: (ranges) => exponential(first(ranges)),
    compute: Math.exp,
  },
  log: {
    summary: "The natural logarithm.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log, {
        domain: { least: 0, open: true, hazard: "logarithm of zero or less" },
      }),
    compute: Math.log,
  },
  log1p: {
    summary: "The natural logarithm of 1 + x.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log1p, {
        domain: { least: -1, open: true, hazard: "logarithm of zero or less" },
      }),
    compute: Math.log1p,
  },
  sqrt: {
    summary: "The square root.",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.sqrt, {
        domain: { least: 0, open: false, hazard: "root of a negative number" },
        exact: true,
      }),
    compute: Math.sqrt,
  },
  sigmoid: {
    summary: "1 / (1 + exp(−x)).",
    of: "numbers",
    parameters: numbers("x"),
    result: "number",
    range: within(unitInterval),
    compute: logistic,
  },
  /** exp(y · ln(max(x, 1e-9))): a power whose base may be 0. */
  safe_pow: {
    summary: "A power whose base may be 0: the base counts as at least 1e-9.",
    of: "numbers",
    parameters: numbers("x", "y"),
    result: "number",
    range: (ranges) => {
      const base = maximum(first(ranges), { low: leastBase, high: leastBase });
      const exponent = multiply(second(ranges), increasing(base, Math.log).range);
      if (exponent.hazard !== undefined) return exponent;
      // As for `^`, what has no bound is of unknown size; what has one may not overflow.
      return exponent.range.high === Infinity ? increasing(exponent.range, Math.exp) : exponential(exponent.range);
    },
    compute: (base: number, exponent: number) => Math.exp(exponent * Math.log(Math.max(base, leastBase))),
  },
} as const satisfies Readonly<Record<string, CandidateFunction>>;

/** 1 / (1 + e^−x), without overflow on either side. */
function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
