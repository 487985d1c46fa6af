/** Functions that choose among values of one candidate, or ask and read what is not a number. */
import { anyNumber, union, type Interval, type IntervalResult } from "./intervals.js";
import { numbers, type CandidateFunction } from "./row.js";

const either = ([a = anyNumber, b = anyNumber]: readonly Interval[]): IntervalResult => ({ range: union(a, b) });

export const choiceFunctions = {
  /** `b` where `a` is missing. */
  coalesce: {
    summary: "The first, or the second where the first is missing.",
    of: "numbers",
    parameters: numbers("a", "b"),
    result: "number",
    takesMissing: "first",
    keepsUnit: true,
    range: either,
    compute: (a: number, b: number) => (a === a ? a : b),
  },
  /** `b` where the condition is false or unknown. */
  if: {
    summary: "The second where the condition holds, else the third.",
    of: "numbers",
    parameters: [{ name: "condition", kind: "bool" }, ...numbers("a", "b")],
    result: "number",
    keepsUnit: true,
    range: either,
    compute: (condition: number, a: number, b: number) => (condition === 1 ? a : b),
  },
  missing: {
    summary: "Whether there is no value.",
    of: "value",
    parameters: [{ name: "x", kind: "any" }],
    result: "bool",
    takesMissing: "all",
    compute: (value: unknown) => (value === undefined || value !== value ? 1 : 0),
  },
  /** Seconds since a point in time; 0 for one to come. */
  age: {
    summary: "The time from a moment to now.",
    of: "numbers and clock",
    parameters: [{ name: "t", kind: "time" }],
    result: "duration",
    takesMissing: "all",
    compute: (time: number, now: number) => Math.max(0, now - time),
  },
  lower: {
    summary: "The text in lower case.",
    of: "text",
    parameters: [{ name: "s", kind: "text" }],
    result: "text",
    takesMissing: "all",
    compute: (text: string | undefined) => text?.toLowerCase(),
  },
} as const satisfies Readonly<Record<string, CandidateFunction>>;
