/**
 * Formulas and conditions: what fusion, rules, rankings and tests compute from a candidate's scores, parameters and
 * attributes. In goes an expression, out come its type and its tree; what may be not a finite number is reported.
 */
import type { FormulaLeaf } from "../../model/index.js";
import type { Expression } from "../../syntax/index.js";
import { canonicalText } from "../../text/index.js";
import { setType } from "../context.js";
import { describeValue } from "../names/describe.js";
import { secondsOfDate } from "../values/dates.js";
import { negate, point } from "../../functions/intervals.js";
import { inferBinary } from "./infer-binary.js";
import { inferCall } from "./infer-call.js";
import { condition, number, numberOperand } from "./formula-operands.js";
import {
  checkSize,
  errorFormula,
  numberConstant,
  rangeField,
  typed,
  type FormulaScope,
  type TypedFormula,
} from "./typed-formula.js";

/**
 * The typed value of an expression. Its type is `error` after something was reported; a tree over the limits is reported
 * and keeps its type.
 */
export function inferFormula<L extends { readonly kind: string } = FormulaLeaf>(
  scope: FormulaScope<L>,
  expression: Expression,
): TypedFormula<L> {
  const formula = infer(scope, expression);
  checkSize(scope.context, formula.value, expression.span);
  return formula;
}

function infer<L>(scope: FormulaScope<L>, expression: Expression): TypedFormula<L> {
  const formula = inferNode(scope, expression);
  setType(scope.context, expression, formula.type);
  return formula;
}

function inferNode<L>(scope: FormulaScope<L>, expression: Expression): TypedFormula<L> {
  const { span } = expression;
  const inner = (child: Expression): TypedFormula<L> => infer(scope, child);
  switch (expression.kind) {
    case "Missing":
      return errorFormula;
    case "Number":
      return typed<L>(number(point(expression.value)), numberConstant(expression.value, span));
    case "String":
      return typed<L>(
        { kind: "text", optional: false },
        { kind: "constant", type: "text", value: canonicalText(expression.value), span },
      );
    case "Boolean":
      return typed<L>(
        { kind: "bool", optional: false },
        { kind: "constant", type: "bool", value: expression.value, span },
      );
    case "Date":
      return typed<L>(
        { kind: "time", optional: false },
        { kind: "constant", type: "time", value: secondsOfDate(expression.text), span },
      );
    case "Duration":
      return typed<L>(
        { kind: "duration", range: point(expression.seconds), optional: false },
        { kind: "constant", type: "duration", value: expression.seconds, span },
      );
    case "Parenthesized":
      return inner(expression.inner);
    case "NameExpression":
      return expression.name.text === "" ? errorFormula : scope.name(expression);
    case "Unary": {
      const operand = inner(expression.operand);
      const { value } = operand;
      if (expression.operator === "not")
        return typed<L>(
          condition(scope, operand.type, expression.operand, "not"),
          value && { kind: "not", type: "bool", operand: value, span },
        );
      const type = numberOperand(scope, operand.type, expression.operand, "-");
      if (type === undefined) return errorFormula;
      const negated = { ...type, range: negate(type.range) };
      return typed<L>(
        negated,
        value && { kind: "negate", type: "number", operand: value, ...rangeField(negated), span },
      );
    }
    case "Binary":
      return inferBinary(scope, expression, inner);
    case "Call":
      return scope.call?.(expression) ?? inferCall(scope, expression, inner);
    case "List":
      if (scope.list !== undefined) return scope.list(expression);
      break;
    case "Member":
      if (scope.member !== undefined) return scope.member(expression);
      break;
    default:
      break;
  }
  scope.context.reporter.report("MTL3042", { found: describeValue(expression) }, span);
  return errorFormula;
}
