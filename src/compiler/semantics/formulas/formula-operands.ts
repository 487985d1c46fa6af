/** Operands of formulas: what may appear where a number, a duration or a condition is wanted. */
import type { Expression } from "../../syntax/index.js";
import { describeTyped, describeValue } from "../names/describe.js";
import type { FormulaScope } from "./typed-formula.js";
import type { Interval } from "../../functions/intervals.js";
import { errorType, showType, type DurationValue, type NumberValue, type ValueType } from "../values/types.js";

/** Where operands are reported. */
type Scope = Pick<FormulaScope, "context">;

export function number(range: Interval, unit?: string): NumberValue {
  return { kind: "number", range, optional: false, ...(unit === undefined ? {} : { unit }) };
}

/** Head types compute as numbers: a probability in [0, 1], an amount of its unit. */
export function asNumber(type: ValueType): ValueType {
  if (type.kind !== "head") return type;
  switch (type.type.kind) {
    case "probability":
      return number({ low: 0, high: 1 });
    case "expectation":
      // Under `identity` it may be below 0.
      return number({ low: -Infinity, high: Infinity }, type.type.unit);
    case "classes":
      return errorType;
    case "score":
      return number({ low: -Infinity, high: Infinity });
  }
}

export function numberOperand(
  scope: Scope,
  type: ValueType,
  node: Expression,
  operator: string,
): NumberValue | undefined {
  const value = asNumber(type);
  if (value.kind === "error") return undefined;
  const { reporter, within } = scope.context;
  if (value.kind !== "number") {
    reporter.report(
      "MTL3024",
      { operator, expected: "a number", found: describeTyped(node, showType(value, within)) },
      node.span,
    );
    return undefined;
  }
  if (value.optional) {
    reporter.report("MTL3043", { value: describeValue(node) }, node.span, {
      help: `say what replaces it when it is missing: \`coalesce(${node.kind === "NameExpression" ? node.name.text : "…"}, 0)\``,
    });
    return undefined;
  }
  return value;
}

/** A duration as its number of seconds. */
export function durationOperand(scope: Scope, type: DurationValue, node: Expression): NumberValue | undefined {
  return numberOperand(scope, { ...type, kind: "number" }, node, "/");
}

export function condition(scope: Scope, type: ValueType, node: Expression, operator: string): ValueType {
  if (type.kind === "error") return errorType;
  if (type.kind === "bool") return { kind: "bool", optional: false };
  scope.context.reporter.report(
    "MTL3024",
    {
      operator,
      expected: "a condition",
      found: describeTyped(node, showType(asNumber(type), scope.context.within)),
    },
    node.span,
  );
  return errorType;
}
