import type { ArgumentValue, ParameterType } from "../../model/index.js";
import type { Expression } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { constantOf } from "./constants.js";

/** What reading an argument comes to: its value, or what is wrong with it. */
export type Reading =
  | { readonly kind: "value"; readonly value: ArgumentValue }
  | { readonly kind: "reported" }
  | { readonly kind: "kind"; readonly expression: Expression }
  | { readonly kind: "range"; readonly found: string; readonly span: Span }
  | { readonly kind: "word"; readonly found: string; readonly known: readonly string[]; readonly span: Span };

export function readNumber(type: Extract<ParameterType, { kind: "number" }>, expression: Expression): Reading {
  const constant = constantOf(expression);
  if (constant.kind === "missing") return { kind: "reported" };
  if (constant.kind === "none") return { kind: "kind", expression };
  const { value } = constant;
  const { min = -Infinity, max = Infinity, minOpen = false, maxOpen = false, integer = false } = type;
  const inside =
    Number.isFinite(value) &&
    (minOpen ? value > min : value >= min) &&
    (maxOpen ? value < max : value <= max) &&
    (!integer || Number.isInteger(value));
  return inside ? { kind: "value", value } : { kind: "range", found: String(value), span: expression.span };
}
