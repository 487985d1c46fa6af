/** The functions of formulas and conditions, as data: parameters, result and range. */
import {
  absolute,
  anyNumber,
  exponential,
  increasing,
  maximum,
  minimum,
  multiply,
  unitInterval,
  union,
  type Interval,
  type IntervalResult,
} from "./intervals.js";

export type FormulaKind = "number" | "text" | "bool" | "time" | "duration";

export interface FormulaFunction {
  /** Kinds of the arguments; `any` takes every kind. */
  readonly parameters: readonly (FormulaKind | "any")[];
  readonly result: FormulaKind;
  /** Arguments that may be missing without being handled: all, or the first alone. */
  readonly takesMissing?: "all" | "first";
  /** Whether the result is in the unit of its first argument. */
  readonly keepsUnit?: true;
  /** Of a number: its range from those of the number arguments. */
  readonly range?: (ranges: readonly Interval[]) => IntervalResult;
}

const first = (ranges: readonly Interval[]): Interval => ranges[0] ?? anyNumber;
const second = (ranges: readonly Interval[]): Interval => ranges[1] ?? anyNumber;
const within = (range: Interval) => (): IntervalResult => ({ range });

/** No list has more candidates: an array holds fewer than 2^32. */
const longestList = 2 ** 32;

/** The least base of {@link formulaFunctions}' `safe_pow`. */
const leastBase = 1e-9;

export const formulaFunctions: Readonly<Record<string, FormulaFunction>> = {
  min: {
    parameters: ["number", "number"],
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: minimum(first(ranges), second(ranges)) }),
  },
  max: {
    parameters: ["number", "number"],
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: maximum(first(ranges), second(ranges)) }),
  },
  clamp: {
    parameters: ["number", "number", "number"],
    result: "number",
    keepsUnit: true,
    range: ([value = anyNumber, low = anyNumber, high = anyNumber]) => ({
      range: minimum(maximum(value, low), high),
    }),
  },
  abs: {
    parameters: ["number"],
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: absolute(first(ranges)) }),
  },
  floor: {
    parameters: ["number"],
    result: "number",
    keepsUnit: true,
    range: (ranges) => increasing(first(ranges), Math.floor, { exact: true }),
  },
  exp: { parameters: ["number"], result: "number", range: (ranges) => exponential(first(ranges)) },
  log: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log, {
        domain: { least: 0, open: true, hazard: "logarithm of zero or less" },
      }),
  },
  log1p: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log1p, {
        domain: { least: -1, open: true, hazard: "logarithm of zero or less" },
      }),
  },
  sqrt: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.sqrt, {
        domain: { least: 0, open: false, hazard: "root of a negative number" },
        exact: true,
      }),
  },
  sigmoid: { parameters: ["number"], result: "number", range: within(unitInterval) },
  /** exp(y · ln(max(x, 1e-9))): a power whose base may be 0. */
  safe_pow: {
    parameters: ["number", "number"],
    result: "number",
    range: (ranges) => {
      const base = maximum(first(ranges), { low: leastBase, high: leastBase });
      const exponent = multiply(second(ranges), increasing(base, Math.log).range);
      if (exponent.hazard !== undefined) return exponent;
      // As for `^`, what has no bound is of unknown size; what has one may not overflow.
      return exponent.range.high === Infinity ? increasing(exponent.range, Math.exp) : exponential(exponent.range);
    },
  },
  coalesce: {
    parameters: ["number", "number"],
    result: "number",
    takesMissing: "first",
    keepsUnit: true,
    range: (ranges) => ({ range: union(first(ranges), second(ranges)) }),
  },
  if: {
    parameters: ["bool", "number", "number"],
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: union(first(ranges), second(ranges)) }),
  },
  missing: { parameters: ["any"], result: "bool", takesMissing: "all" },
  age: { parameters: ["time"], result: "duration", takesMissing: "all" },
  lower: { parameters: ["text"], result: "text", takesMissing: "all" },

  // Functions of the request's list of candidates.
  rank: { parameters: ["number"], result: "number", range: within({ low: 1, high: longestList }) },
  percentile: { parameters: ["number"], result: "number", range: within({ low: 1 / longestList, high: 1 }) },
  minmax: { parameters: ["number"], result: "number", range: within(unitInterval) },
  // One of n numbers stands at most √(n − 1) deviations from their mean.
  zscore: {
    parameters: ["number"],
    result: "number",
    range: within({ low: -Math.sqrt(longestList), high: Math.sqrt(longestList) }),
  },
  reciprocal_rank: { parameters: ["number"], result: "number", range: within({ low: 1 / longestList, high: 1 }) },
};
