/** What a function of formulas is: one row, from which checker, evaluators, generated code and editors know it. */
import type { Interval, IntervalResult } from "./intervals.js";

export type FormulaKind = "number" | "text" | "bool" | "time" | "duration";

/** A parameter by its name, which an argument may give; `any` takes every kind. */
export interface FormulaParameter {
  readonly name: string;
  readonly kind: FormulaKind | "any";
}

interface RowBase {
  /** One sentence for editors. */
  readonly summary: string;
  readonly parameters: readonly FormulaParameter[];
  readonly result: FormulaKind;
  /** Arguments that may be missing without being handled: all, or only the first. */
  readonly takesMissing?: "all" | "first";
  /** Whether the result is in the unit of its first argument. */
  readonly keepsUnit?: true;
  /** Of a number: its range from those of the number arguments; absent: any number. */
  readonly range?: (ranges: readonly Interval[]) => IntervalResult;
}

/**
 * A function of one candidate. Both evaluators call `compute`, so that they agree bit for bit. Numbers, times and
 * durations (in seconds) that are missing are NaN; a condition is 1, 0, or NaN where it is unknown; a text that is missing is
 * undefined.
 */
export type CandidateFunction = RowBase &
  (
    | { readonly of: "numbers"; readonly compute: (...numbers: number[]) => number }
    /** Takes the clock of the request after its arguments. */
    | { readonly of: "numbers and clock"; readonly compute: (...numbers: number[]) => number }
    | { readonly of: "text"; readonly compute: (text: string | undefined) => string | undefined }
    /** A value of any type. */
    | { readonly of: "value"; readonly compute: (value: unknown) => number }
  );

/** A number per candidate. */
export type Column = Float64Array<ArrayBufferLike>;

/** A function of the request's list: of this value, and of the same value of all other candidates. */
export type ListFunction = RowBase & { readonly of: "list"; readonly compute: (column: Column) => Column };

export type FormulaFunction = CandidateFunction | ListFunction;

/** Parameters of numbers, by their names. */
export function numbers(...names: readonly string[]): readonly FormulaParameter[] {
  return names.map((name) => ({ name, kind: "number" }));
}

/** The range of a function that stays in it whatever its arguments are. */
export function within(range: Interval): () => IntervalResult {
  return () => ({ range });
}
