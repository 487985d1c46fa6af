/** Calls of functions in formulas: arguments against parameters, units, and the range of the result. */
import {
  findFormulaFunction,
  formulaCallWords,
  isFormulaFunction,
  isListFunction,
  piecewiseParameters,
  type FormulaFunction,
  type FormulaKind,
} from "../../functions/index.js";
import type { Argument, CallExpression, Expression } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { readArgument } from "../arguments/arguments.js";
import { describeTyped, describeValue } from "../names/describe.js";
import { asNumber, number, numberOperand } from "./formula-operands.js";
import { anyNumber, nonNegative, showInterval, type Interval, type IntervalResult } from "../../functions/intervals.js";
import { placeArguments } from "../arguments/place-arguments.js";
import { errorType, showType, type ValueType } from "../values/types.js";
import {
  errorFormula,
  formulaTypeOf,
  rangeField,
  typed,
  type FormulaScope,
  type Infer,
  type TreeOf,
  type TypedFormula,
} from "./typed-formula.js";
import { suggestedBy } from "../names/suggestion.js";

type Scope = Pick<FormulaScope, "context">;

/** The typed value of a call of a function; `infer` is that of an argument. */
export function inferCall<L>(scope: Scope, call: CallExpression, infer: Infer<L>): TypedFormula<L> {
  const { context } = scope;
  const { text: name, span } = call.callee;
  if (name === "") return errorFormula;
  if (name === "piecewise") return inferPiecewise(scope, call, infer);
  const found = findFormulaFunction(name);
  if (found === undefined) {
    for (const argument of call.arguments) infer(argument.value);
    const { suggestion, details } = suggestedBy(call.callee, formulaCallWords);
    const what = "a function of formulas";
    context.reporter.report("MTL2004", { name, what, known: formulaCallWords, suggestion }, span, details);
    return errorFormula;
  }
  const names = found.parameters.map((parameter) => parameter.name);
  const placed = placeArguments(context, { name, span }, names, call.arguments, call);
  const formulas = (placed ?? call.arguments).map((argument) => infer(argument.value));
  if (placed === undefined) return errorFormula;
  const type = typeOfCall(
    scope,
    call,
    found,
    placed,
    formulas.map((formula) => asNumber(formula.type)),
  );
  return typed(type, treeOfCall(name, type, formulas, call.span));
}

function treeOfCall<L>(
  name: string,
  type: ValueType,
  formulas: readonly TypedFormula<L>[],
  span: Span,
): TreeOf<L> | undefined {
  const operands = formulas.flatMap(({ value }) => value ?? []);
  const [operand] = operands;
  if (operand === undefined || operands.length !== formulas.length) return undefined;
  const range = rangeField(type);
  if (isListFunction(name)) return { kind: "list", type: "number", function: name, operand, ...range, span };
  if (!isFormulaFunction(name)) return undefined;
  const kind = formulaTypeOf(type) ?? "number";
  return { kind: "call", type: kind, function: name, arguments: operands, ...range, span };
}

/** The type of a call whose arguments are in the order of the parameters; `error` after something was reported. */
function typeOfCall(
  scope: Scope,
  call: CallExpression,
  { parameters, result, takesMissing, keepsUnit, range }: FormulaFunction,
  placed: readonly Argument[],
  types: readonly ValueType[],
): ValueType {
  const valid = types.map((type, i) => {
    const node = placed[i]?.value;
    return (
      node === undefined ||
      checkOperand(scope, type, node, parameters[i]?.kind ?? "any", call.callee.text, {
        missing: takesMissing === "all" || (takesMissing === "first" && i === 0),
      })
    );
  });
  if (types.some((type) => type.kind === "error") || valid.includes(false)) return errorType;
  const optional = types.some((type) => "optional" in type && type.optional);
  if (result === "duration") return { kind: result, range: nonNegative, optional };
  if (result !== "number") return { kind: result, optional: result !== "bool" && optional };
  const numbers = types.filter((type) => type.kind === "number");
  if (keepsUnit === true && !checkArgumentUnits(scope, call, placed, types)) return errorType;
  const reached = range?.(numbers.map((type) => type.range));
  if (reached?.hazard !== undefined) {
    reportHazard(scope, call, placed[0]?.span ?? call.span, reached.hazard, numbers[0]?.range);
    return errorType;
  }
  return number(
    reached?.range ?? anyNumber,
    keepsUnit === true ? numbers.find(({ unit }) => unit !== undefined)?.unit : undefined,
  );
}

/** Arguments that compete for one result are in one unit; numbers without a unit go with any. */
function checkArgumentUnits(
  scope: Scope,
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
function inferPiecewise<L>(scope: Scope, call: CallExpression, infer: Infer<L>): TypedFormula<L> {
  const { context } = scope;
  const callee = { name: "piecewise", span: call.callee.span };
  const placed = placeArguments(context, callee, piecewiseParameters, call.arguments, call);
  const [operand, knotList, valueList] = (placed ?? []).map(({ value }) => value);
  if (operand === undefined || knotList === undefined || valueList === undefined) return errorFormula;
  const formula = infer(operand);
  const type = numberOperand(scope, formula.type, operand, "piecewise(…)");
  const read = (name: string, list: Expression): readonly number[] | undefined => {
    const numbers = readArgument(context, callee, { name, type: { kind: "numbers" } }, list);
    return Array.isArray(numbers) ? numbers.filter((each) => typeof each === "number") : undefined;
  };
  const [knots, values] = [read("knots", knotList), read("values", valueList)];
  if (type === undefined || knots === undefined || values === undefined) return errorFormula;
  const rises = knots.every((knot, i) => i === 0 || knot > (knots[i - 1] ?? knot));
  if (rises && knots.length === values.length && knots.length >= 2) {
    const { value } = formula;
    const result = number({ low: Math.min(...values), high: Math.max(...values) });
    return typed(
      result,
      value && {
        kind: "piecewise",
        type: "number",
        operand: value,
        knots,
        values,
        ...rangeField(result),
        span: call.span,
      },
    );
  }
  context.reporter.report("MTL5041", { knots: knots.length, values: values.length, rises }, knotList.span, {
    labels: [{ span: valueList.span, message: `${values.length} values` }],
  });
  return errorFormula;
}

function checkOperand(
  scope: Scope,
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
  scope: Scope,
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
