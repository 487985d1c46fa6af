/** What an expression of a spec can be, for the checker's decisions and for what it tells people. */
import type { HeadType } from "../../model/heads.js";
import { showHeadType, type Within } from "../events/events.js";
import { showInterval, type Interval } from "../../functions/intervals.js";

export type ValueType =
  /** Something that was reported already, or that recovery invented: nothing is said about it again. */
  | { readonly kind: "error" }
  /** A row's value; with `replicas`, of each of n networks. */
  | { readonly kind: "tensor"; readonly shape: readonly number[]; readonly replicas?: number }
  /** A number per row before the activation. */
  | { readonly kind: "logit" }
  | { readonly kind: "head"; readonly type: HeadType }
  | NumberValue
  | { readonly kind: "text" | "bool" | "time" | "texts"; readonly optional: boolean }
  | DurationValue
  | { readonly kind: "vector"; readonly width: number; readonly optional: boolean }
  /** A ranking in a test: names of candidates in order. */
  | { readonly kind: "candidates" };

/** A number of a formula with the range it stays in. */
export interface NumberValue {
  readonly kind: "number";
  readonly unit?: string;
  readonly range: Interval;
  /** May be missing, and must be handled. */
  readonly optional: boolean;
}

/** A span of time, with the range of its seconds. */
export interface DurationValue {
  readonly kind: "duration";
  readonly range: Interval;
  readonly optional: boolean;
}

export const errorType: ValueType = { kind: "error" };

/** `[64]`, `P(click)`, `a number (yuan) in [0, 1]`, `a text`. */
export function showType(type: ValueType, within: Within): string {
  switch (type.kind) {
    case "error":
      return "unknown";
    case "tensor":
      return type.replicas === undefined ? showShape(type.shape) : `${type.replicas} of ${showShape(type.shape)}`;
    case "logit":
      return "a logit";
    case "head":
      return showHeadType(type.type, within);
    case "number":
      return `a number${type.unit === undefined ? "" : ` (${type.unit})`} in ${showInterval(type.range)}${type.optional ? ", may be missing" : ""}`;
    case "candidates":
      return "a list of candidates";
    case "texts":
      return `several texts${type.optional ? ", may be missing" : ""}`;
    case "vector":
      return `a vector of ${type.width} numbers${type.optional ? ", may be missing" : ""}`;
    case "bool":
      return "true or false";
    default:
      return `a ${type.kind}${type.optional ? ", may be missing" : ""}`;
  }
}

/** `[64]`; of a sequence `sequence[50] × [64]`. */
export function showShape(shape: readonly number[]): string {
  const [length, width] = shape;
  if (shape.length === 2) return `sequence[${length ?? ""}] × [${width ?? ""}]`;
  return `[${shape.join(", ")}]`;
}
