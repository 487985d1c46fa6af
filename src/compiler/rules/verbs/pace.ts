import type { PaceRule } from "../../model/index.js";
import { calendarUnit, condition, fixedCount, optional, valueKey } from "../clauses.js";
import { bounds, numbersOf, zone, type ValueOption } from "../options.js";
import { boundsText, whenField, whenText } from "../texts.js";
import { verb } from "../verb.js";

/** Shares of equal parts of the window; `even` is one part. */
const target: ValueOption<readonly number[]> = {
  type: { kind: "oneOf", options: [{ kind: "choice", values: ["even"] }, { kind: "numbers" }] },
  default: "even",
  read: (value) => {
    if (typeof value === "string") return { value: [1] };
    const parts = numbersOf(value);
    const sum = parts.reduce((total, part) => total + part, 0);
    return parts.some((part) => part < 0) || parts.every((part) => part === 0)
      ? { expected: "numbers ≥ 0, one of them above 0" }
      : { value: parts.map((part) => part / sum) };
  },
};

const gains: ValueOption<PaceRule["gains"]> = {
  type: { kind: "numbers" },
  default: [2, 2, 0.05],
  read: (value) => {
    const [proportional, integral, derivative, ...more] = numbersOf(value);
    const isWhole = proportional !== undefined && integral !== undefined && derivative !== undefined;
    return isWhole && more.length === 0 && [proportional, integral, derivative].every((gain) => gain >= 0)
      ? { value: { proportional, integral, derivative } }
      : { expected: "three numbers ≥ 0: proportional, integral and derivative" };
  },
};

export const pace = verb({
  summary: "Spreads the showings of a value over a calendar window.",
  example: "pace name at most 1_000_000 of item_id per day",
  clauses: {
    of: valueKey,
    per: calendarUnit,
    when: optional(condition),
    "at most": optional(fixedCount),
    "at least": optional(fixedCount),
  },
  options: { zone, target, bounds, gains },
  oneOf: ["at most", "at least"],
  model: ({ base, clauses, options }): PaceRule | undefined => {
    const { "at most": most, "at least": least } = clauses;
    const budget = most ?? least;
    if (budget === undefined) return undefined;
    return {
      ...base,
      verb: "pace",
      bound: most === undefined ? "least" : "most",
      budget,
      key: clauses.of,
      per: clauses.per,
      zone: options.zone,
      ...whenField(clauses),
      curve: options.target,
      bounds: options.bounds,
      gains: options.gains,
    };
  },
  text: (rule, write) => {
    const { proportional, integral, derivative } = rule.gains;
    return [
      `at ${rule.bound} ${write.number(rule.budget)} of ${write.key(rule.key)} per ${rule.per}`,
      ...whenText(rule, write),
      `zone: ${write.quoted(rule.zone)}`,
      `target: ${rule.curve.length === 1 ? "even" : `[${rule.curve.map(write.number).join(", ")}]`}`,
      `bounds: ${boundsText(rule.bounds, write)}`,
      `gains: [${[proportional, integral, derivative].map(write.number).join(", ")}]`,
    ];
  },
});
