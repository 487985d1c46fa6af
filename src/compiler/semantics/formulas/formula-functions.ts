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
} from "../values/intervals.js";

export type FormulaKind = "number" | "text" | "bool" | "time" | "duration";

/** A parameter by its name, which an argument may give; `any` takes every kind. */
export interface FormulaParameter {
  readonly name: string;
  readonly kind: FormulaKind | "any";
}

export interface FormulaFunction {
  readonly parameters: readonly FormulaParameter[];
  readonly result: FormulaKind;
  /** Arguments that may be missing without being handled: all, or only the first. */
  readonly takesMissing?: "all" | "first";
  /** Whether the result is in the unit of its first argument. */
  readonly keepsUnit?: true;
  /** Of a number: its range from those of the number arguments. */
  readonly range?: (ranges: readonly Interval[]) => IntervalResult;
}

/** Parameters of numbers, by their names. */
const numbers = (...names: readonly string[]): readonly FormulaParameter[] =>
  names.map((name) => ({ name, kind: "number" }));

const first = (ranges: readonly Interval[]): Interval => ranges[0] ?? anyNumber;
const second = (ranges: readonly Interval[]): Interval => ranges[1] ?? anyNumber;
const within = (range: Interval) => (): IntervalResult => ({ range });

/** No list has more candidates: an array holds fewer than 2^32. */
const longestList = 2 ** 32;

/** The least base of {@link formulaFunctions}' `safe_pow`. */
const leastBase = 1e-9;

export const formulaFunctions: Readonly<Record<string, FormulaFunction>> = {
  min: {
    parameters: numbers("a", "b"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: minimum(first(ranges), second(ranges)) }),
  },
  max: {
    parameters: numbers("a", "b"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: maximum(first(ranges), second(ranges)) }),
  },
  clamp: {
    parameters: numbers("x", "low", "high"),
    result: "number",
    keepsUnit: true,
    range: ([value = anyNumber, low = anyNumber, high = anyNumber]) => ({
      range: minimum(maximum(value, low), high),
    }),
  },
  abs: {
    parameters: numbers("x"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: absolute(first(ranges)) }),
  },
  floor: {
    parameters: numbers("x"),
    result: "number",
    keepsUnit: true,
    range: (ranges) => increasing(first(ranges), Math.floor, { exact: true }),
  },
  exp: { parameters: numbers("x"), result: "number", range: (ranges) => exponential(first(ranges)) },
  log: {
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log, {
        domain: { least: 0, open: true, hazard: "logarithm of zero or less" },
      }),
  },
  log1p: {
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log1p, {
        domain: { least: -1, open: true, hazard: "logarithm of zero or less" },
      }),
  },
  sqrt: {
    parameters: numbers("x"),
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.sqrt, {
        domain: { least: 0, open: false, hazard: "root of a negative number" },
        exact: true,
      }),
  },
  sigmoid: { parameters: numbers("x"), result: "number", range: within(unitInterval) },
  /** exp(y · ln(max(x, 1e-9))): a power whose base may be 0. */
  safe_pow: {
    parameters: numbers("x", "y"),
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
    parameters: numbers("a", "b"),
    result: "number",
    takesMissing: "first",
    keepsUnit: true,
    range: (ranges) => ({ range: union(first(ranges), second(ranges)) }),
  },
  if: {
    parameters: [{ name: "condition", kind: "bool" }, ...numbers("a", "b")],
    result: "number",
    keepsUnit: true,
    range: (ranges) => ({ range: union(first(ranges), second(ranges)) }),
  },
  missing: { parameters: [{ name: "x", kind: "any" }], result: "bool", takesMissing: "all" },
  age: { parameters: [{ name: "t", kind: "time" }], result: "duration", takesMissing: "all" },
  lower: { parameters: [{ name: "s", kind: "text" }], result: "text", takesMissing: "all" },

  // Functions of the request's list of candidates.
  rank: { parameters: numbers("x"), result: "number", range: within({ low: 1, high: longestList }) },
  percentile: { parameters: numbers("x"), result: "number", range: within({ low: 1 / longestList, high: 1 }) },
  minmax: { parameters: numbers("x"), result: "number", range: within(unitInterval) },
  // One of n numbers is at most √(n − 1) deviations from their mean.
  zscore: {
    parameters: numbers("x"),
    result: "number",
    range: within({ low: -Math.sqrt(longestList), high: Math.sqrt(longestList) }),
  },
  reciprocal_rank: { parameters: numbers("x"), result: "number", range: within({ low: 1 / longestList, high: 1 }) },
};

/** The parameters of `piecewise`, which takes lists besides its number. */
export const piecewiseParameters = ["x", "knots", "values"] as const;

/** The names of what a function of formulas takes, in their order; undefined for what is not one. */
export function formulaParameterNames(name: string): readonly string[] | undefined {
  if (name === "piecewise") return piecewiseParameters;
  return Object.hasOwn(formulaFunctions, name)
    ? formulaFunctions[name]?.parameters.map((each) => each.name)
    : undefined;
}
