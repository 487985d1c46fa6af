/** The clauses that a rule may have, as data: what each may say, and what a verb's model gets of it. */
import type { ArgumentType, CalendarUnit, FormulaExpression, RuleCount, RuleKey, TimeWindow } from "../model/index.js";

/** What a clause is called in messages and in the rows of verbs. */
export type ClauseName = "when" | "by" | "during" | "at most" | "at least" | "of" | "in" | "in top" | "per" | "at";

export type ClauseSpec =
  /** A condition over the candidate. */
  (
    | { readonly kind: "condition" }
    | AmountClause
    /** `from .. to`: two dates, in the zone of the rule. */
    | { readonly kind: "dates" }
    /** A whole number ≥ 1; of a `request`, also a formula that is one number for all candidates. */
    | { readonly kind: "count"; readonly of: "rule" | "request" }
    /** `values`: one or several that items are counted by. `items`: the one vector or text that items are compared by. */
    | { readonly kind: "key"; readonly compares: "values" | "items" }
    /** A window of the calendar. */
    | { readonly kind: "unit" }
  ) & { readonly optional?: true };

/** A number, stated or computed for each candidate, or one of some words. */
export interface AmountClause {
  readonly kind: "amount";
  /** What the number may be. */
  readonly range: Extract<ArgumentType, { readonly kind: "number" }>;
  readonly words: readonly string[];
  /** The range in messages: `above 0`. */
  readonly expected: string;
  /** How a formula is kept in the range. */
  readonly help: string;
}

export const condition = { kind: "condition" } as const;
export const dates = { kind: "dates" } as const;
export const fixedCount = { kind: "count", of: "rule" } as const;
export const requestCount = { kind: "count", of: "request" } as const;
export const valueKey = { kind: "key", compares: "values" } as const;
export const itemKey = { kind: "key", compares: "items" } as const;
export const calendarUnit = { kind: "unit" } as const;

/** A clause that may be absent. */
export function optional<S extends ClauseSpec>(spec: S): S & { readonly optional: true } {
  return { ...spec, optional: true };
}

/** What a verb's model gets of a clause. */
export type ClauseValue<S> = S extends { readonly kind: "condition" }
  ? FormulaExpression
  : S extends { readonly kind: "amount"; readonly words: readonly (infer W)[] }
    ? FormulaExpression | W
    : S extends { readonly kind: "dates" }
      ? TimeWindow
      : S extends { readonly kind: "count"; readonly of: infer O }
        ? O extends "request"
          ? RuleCount
          : number
        : S extends { readonly kind: "key"; readonly compares: infer C }
          ? C extends "items"
            ? RuleKey[number]
            : RuleKey
          : S extends { readonly kind: "unit" }
            ? CalendarUnit
            : never;
