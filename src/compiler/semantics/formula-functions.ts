/** The functions of formulas and conditions, as data: parameters, result and range. */
import {
  absolute,
  anyNumber,
  exponential,
  increasing,
  maximum,
  minimum,
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
    range: (ranges) => {
      const { low, high } = first(ranges);
      return { range: { low: Math.floor(low), high: Math.floor(high) } };
    },
  },
  exp: { parameters: ["number"], result: "number", range: (ranges) => exponential(first(ranges)) },
  log: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log, { least: 0, open: true, hazard: "logarithm of zero or less" }),
  },
  log1p: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.log1p, { least: -1, open: true, hazard: "logarithm of zero or less" }),
  },
  sqrt: {
    parameters: ["number"],
    result: "number",
    range: (ranges) =>
      increasing(first(ranges), Math.sqrt, { least: 0, open: false, hazard: "root of a negative number" }),
  },
  sigmoid: { parameters: ["number"], result: "number", range: within(unitInterval) },
  /** exp(y · ln(max(x, 1e-9))): a power whose base may be 0. */
  safe_pow: {
    parameters: ["number", "number"],
    result: "number",
    range: (ranges) => {
      const base = maximum(first(ranges), { low: leastBase, high: leastBase });
      const logarithm = increasing(base, Math.log, undefined).range;
      const exponent = second(ranges);
      const corners = [logarithm.low, logarithm.high].flatMap((x) =>
        [exponent.low, exponent.high].map((y) => (x === 0 || y === 0 ? 0 : x * y)),
      );
      const [low, high] = [Math.min(...corners), Math.max(...corners)];
      // As for `^`, what has no bound is of unknown size; what has one may not overflow.
      return high === Infinity ? { range: { low: Math.exp(low), high } } : exponential({ low, high });
    },
  },
  coalesce: {
    parameters: ["number", "number"],
    result: "number",
    takesMissing: "first",
    keepsUnit: true,
    range: (ranges) => {
      const [a, b] = [first(ranges), second(ranges)];
      return { range: { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) } };
    },
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
  rank: { parameters: ["number"], result: "number", range: within({ low: 1, high: Infinity }) },
  percentile: { parameters: ["number"], result: "number", range: within(unitInterval) },
  minmax: { parameters: ["number"], result: "number", range: within(unitInterval) },
  zscore: { parameters: ["number"], result: "number", range: within(anyNumber) },
  reciprocal_rank: {
    parameters: ["number"],
    result: "number",
    range: within({ low: 0, high: 1, lowOpen: true }),
  },
};
