import type { AnswerArms, Candidate, FormulaName, ParameterName, RequestArms, RequestValues } from "./spec-types.js";

export interface ServingRequest extends RequestArms {
  readonly candidates: readonly Candidate[];
  /** What candidates are called, one per candidate; absent: their `id`. */
  readonly ids?: readonly (string | number)[];
  readonly values?: RequestValues;
  /** Seconds (not milliseconds) since 1970-01-01T00:00:00Z, before the year 2200: `Date.now() / 1000`. */
  readonly now: number;
  /** Replace the spec's parameters, inside their ranges, and what an arm sets. */
  readonly params?: Partial<Readonly<Record<ParameterName, number>>>;
  /** What the request is called: draws of explorations depend on it, besides the seed. */
  readonly request?: string;
  /** An integer in [0, 2^32); 0. */
  readonly seed?: number;
}

/** The request is at fault: a value of the wrong type, one that the spec refuses, or an unknown name. Nothing is thrown. */
export interface Refused {
  readonly kind: "refused";
  /** The candidate at fault; absent for what the request itself provides. */
  readonly id?: string;
  /** The value at fault: an input of the spec, or a member of the request such as `now`. */
  readonly input: string;
  readonly reason: "missing" | "outside" | "type" | "unknown";
  /** What would have been valid: `a number in [0, 1]`. */
  readonly expected: string;
  readonly help?: string;
}

/** A candidate that validation left out. */
export interface LeftOut {
  readonly id: string;
  readonly input: string;
  readonly reason: "missing" | "outside" | "type";
}

export interface Scored extends AnswerArms {
  readonly kind: "scored";
  readonly items: readonly { readonly id: string; readonly scores: Readonly<Record<FormulaName, number>> }[];
  readonly leftOut: readonly LeftOut[];
  /** Values that were moved into their range. */
  readonly clamped: number;
}

export interface Explanation {
  /** Contributions of a product sum to ln(score), those of a sum to the score; a value has no parts. */
  readonly kind: "product" | "sum" | "value";
  readonly score: number;
  readonly parts: readonly { readonly part: string; readonly value: number; readonly contribution: number }[];
}

export declare const model: { readonly name: string; readonly hash: string };

/** Every formula for every candidate. */
export declare function score(request: ServingRequest): Scored | Refused;

/** What each part of a formula did for a candidate; undefined when validation left it out. */
export declare function explain(
  request: ServingRequest,
  id: string | number,
  formula: FormulaName,
): Explanation | Refused | undefined;
