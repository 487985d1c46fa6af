/** Calls of functions in formulas: arguments against parameters, units, and the range of the result. */
import type { Argument, CallExpression, Expression } from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { readArgument } from "../arguments/arguments.js";
import { describeTyped, describeValue } from "../names/describe.js";
import type { FormulaScope } from "./formula.js";
import { formulaFunctions, piecewiseParameters, type FormulaKind } from "./formula-functions.js";
import { asNumber, number, numberOperand } from "./formula-operands.js";
import { nonNegative, showInterval, type Interval, type IntervalResult } from "../values/intervals.js";
import { placeArguments } from "../arguments/place-arguments.js";
import { errorType, showType, type ValueType } from "../values/types.js";

/** The type of an expression in the same scope. */
type Infer = (expression: Expression) => ValueType;

/** The type of a call; `error` after something was reported. */
export function inferCall(scope: FormulaScope, call: CallExpression, infer: Infer): ValueType {
  const { context } = scope;
  const special = scope.call?.(call);
  if (special !== undefined) return special;
  const { text: name, span } = call.callee;
  if (name === "") return errorType;
  const known = [...Object.keys(formulaFunctions), "piecewise"];
  if (name === "piecewise") return inferPiecewise(scope, call, infer);
  const found = Object.hasOwn(formulaFunctions, name) ? formulaFunctions[name] : undefined;
  if (found === undefined) {
    for (const argument of call.arguments) infer(argument.value);
    context.reporter.report(
      "MTL2004",
      { name, what: "a function of formulas", known, suggestion: suggest(name, known) },
      span,
    );
    return errorType;
  }
  const names = found.parameters.map((parameter) => parameter.name);
  const placed = placeArguments(context, { name, span }, names, call.arguments, call);
  const types = (placed ?? call.arguments).map((argument) => asNumber(infer(argument.value)));
  if (placed === undefined) return errorType;
  const sound = types.map((type, i) => {
    const node = placed[i]?.value;
    return (
      node === undefined ||
      checkOperand(scope, type, node, found.parameters[i]?.kind ?? "any", name, {
        missing: found.takesMissing === "all" || (found.takesMissing === "first" && i === 0),
      })
    );
  });
  if (types.some((type) => type.kind === "error") || sound.includes(false)) return errorType;
  switch (found.result) {
    case "number":
      break;
    case "duration":
      return {
        kind: "duration",
        range: nonNegative,
        optional: types.some((type) => "optional" in type && type.optional),
      };
    default:
      return {
        kind: found.result,
        optional: found.result !== "bool" && types.some((type) => "optional" in type && type.optional),
      };
  }
  const numbers = types.filter((type) => type.kind === "number");
  if (found.keepsUnit === true && !checkArgumentUnits(scope, call, placed, types)) return errorType;
  const result = found.range?.(numbers.map((type) => type.range));
  if (result?.hazard !== undefined) {
    reportHazard(scope, call, placed[0]?.span ?? call.span, result.hazard, numbers[0]?.range);
    return errorType;
  }
  return number(
    result?.range ?? { low: -Infinity, high: Infinity },
    found.keepsUnit === true ? numbers.find(({ unit }) => unit !== undefined)?.unit : undefined,
  );
}

/** Arguments that compete for one result are in one unit; numbers without a unit go with any. */
function checkArgumentUnits(
  scope: FormulaScope,
  call: CallExpression,
  placed: readonly Argument[],
  types: readonly ValueType[],
): boolean {
  let first: { readonly unit: string; readonly span: Span } | undefined;
  for (const [i, type] of types.entries()) {
    const span = placed[i]?.span ?? call.span;
    if (type.kind !== "number" || type.unit === undefined) continue;
    if (first === undefined) first = { unit: type.unit, span };
    else if (first.unit !== type.unit) {
      scope.context.reporter.report(
        "MTL3044",
        { operator: `${call.callee.text}(…)`, left: first.unit, right: type.unit },
        span,
        { labels: [{ span: first.span, message: first.unit }] },
      );
      return false;
    }
  }
  return true;
}

/** `piecewise(x, [0, 10, 60], [0, 1, 1.5])`: rising knots, and a value at each. */
function inferPiecewise(scope: FormulaScope, call: CallExpression, infer: Infer): ValueType {
  const { context } = scope;
  const callee = { name: "piecewise", span: call.callee.span };
  const placed = placeArguments(context, callee, piecewiseParameters, call.arguments, call);
  const [operand, knotList, valueList] = (placed ?? []).map(({ value }) => value);
  if (operand === undefined || knotList === undefined || valueList === undefined) return errorType;
  const type = infer(operand);
  const value = numberOperand(scope, type, operand, "piecewise(…)");
  const read = (name: string, list: Expression): readonly number[] | undefined => {
    const numbers = readArgument(context, callee, { name, type: { kind: "numbers" } }, list);
    return Array.isArray(numbers) ? numbers.filter((each) => typeof each === "number") : undefined;
  };
  const [knots, values] = [read("knots", knotList), read("values", valueList)];
  if (value === undefined || knots === undefined || values === undefined) return errorType;
  const rises = knots.every((knot, i) => i === 0 || knot > (knots[i - 1] ?? knot));
  if (rises && knots.length === values.length && knots.length >= 2)
    return number({ low: Math.min(...values), high: Math.max(...values) });
  context.reporter.report("MTL5041", { knots: knots.length, values: values.length, rises }, knotList.span, {
    labels: [{ span: valueList.span, message: `${values.length} values` }],
  });
  return errorType;
}

function checkOperand(
  scope: FormulaScope,
  type: ValueType,
  node: Expression,
  wanted: FormulaKind | "any",
  name: string,
  takes: { readonly missing: boolean },
): boolean {
  if (type.kind === "error" || wanted === "any") return true;
  if (type.kind === wanted) {
    // A condition that is missing is unknown, which every condition handles.
    if (takes.missing || wanted === "bool" || !("optional" in type) || !type.optional) return true;
    scope.context.reporter.report("MTL3043", { value: describeValue(node) }, node.span);
    return false;
  }
  scope.context.reporter.report(
    "MTL3024",
    {
      operator: `${name}(…)`,
      expected: wanted === "bool" ? "a condition" : `a ${wanted}`,
      found: describeTyped(node, showType(type, scope.context.within)),
    },
    node.span,
  );
  return false;
}

function reportHazard(
  scope: FormulaScope,
  call: CallExpression,
  span: Span,
  hazard: NonNullable<IntervalResult["hazard"]>,
  range: Interval | undefined,
): void {
  const shown = range === undefined ? "" : showInterval(range);
  const { reporter } = scope.context;
  if (hazard === "logarithm of zero or less")
    reporter.report("MTL5002", { name: call.callee.text, range: shown }, span, {
      caption: shown,
      help: "keep it above: `max(…, 1e-6)`",
    });
  else if (hazard === "root of a negative number")
    reporter.report("MTL5003", { range: shown }, span, { caption: shown, help: "keep it at 0 or above: `max(…, 0)`" });
  else
    reporter.report("MTL5004", { what: `\`${call.callee.text}\`` }, span, {
      caption: shown,
      help: "bound what goes in: `min(…, 50)`",
    });
}
