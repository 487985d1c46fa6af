/** The clauses of a rule: each by the kind that its verb says it is. */
import { calendarUnits, type CalendarUnit, type FormulaExpression, type TimeWindow } from "../../../model/index.js";
import type { AmountClause } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import { suggest } from "../../../text/index.js";
import { readArgument } from "../../arguments/arguments.js";
import { constantOf } from "../../arguments/constants.js";
import type { CheckContext } from "../../context.js";
import { inferFormula } from "../../formulas/infer-formula.js";
import type { FormulaScope, TypedFormula } from "../../formulas/typed-formula.js";
import { describeTyped, withoutParentheses } from "../../names/describe.js";
import { encloses, showInterval, type Interval } from "../../../functions/intervals.js";
import { showType } from "../../values/types.js";
import { inferDate } from "../literal.js";
import { inferNumber } from "./counts.js";

/** A condition; `where` is what it is after. Undefined value when something is wrong with it. */
export function inferCondition<L extends { readonly kind: string }>(
  scope: FormulaScope<L>,
  condition: ast.Expression,
  where: string,
): TypedFormula<L>["value"] {
  const { type, value } = inferFormula(scope, condition);
  if (type.kind === "error" || type.kind === "bool") return value;
  const { reporter, within } = scope.context;
  reporter.report(
    "MTL3024",
    { operator: where, expected: "a condition", found: describeTyped(condition, showType(type, within)) },
    condition.span,
  );
  return undefined;
}

/** A boost multiplies by more than 0; a suppression by less than 1, puts the item `last`, or drops it. */
export function inferAmount(
  scope: FormulaScope,
  rule: ast.Rule,
  amount: ast.Expression,
  { range, words, expected, help }: AmountClause,
): FormulaExpression | string | undefined {
  const { context } = scope;
  const node = withoutParentheses(amount);
  const isWord = words.length > 0 && node.kind === "NameExpression" && !context.scope.names.has(node.name.text);
  if (!isWord && constantOf(node).kind === "none") {
    const formula = inferNumber(scope, node, "by");
    if (formula === undefined) return undefined;
    const reached = formula.type.range;
    if (encloses(intervalOf(range), reached)) return formula.value;
    context.reporter.report("MTL5047", { verb: rule.verb, expected, range: showInterval(reached) }, node.span, {
      help,
    });
    return undefined;
  }
  const choice = { kind: "choice", values: words } as const;
  const type = words.length === 0 ? range : ({ kind: "oneOf", options: [range, choice] } as const);
  const value = readArgument(context, { name: rule.verb, span: rule.name.span }, { name: "by", type }, node);
  if (typeof value === "string") return value;
  return value === undefined ? undefined : inferFormula(scope, node).value;
}

function intervalOf({ min = -Infinity, max = Infinity, minOpen, maxOpen }: AmountClause["range"]): Interval {
  return {
    low: min,
    high: max,
    ...(minOpen === true ? { lowOpen: true } : {}),
    ...(maxOpen === true ? { highOpen: true } : {}),
  };
}

/** A half-open window: an end that does not lie after its start can never be open. */
export function inferDates(
  context: CheckContext,
  clause: Extract<ast.RuleClause, { kind: "DuringClause" }>,
  zone: string,
): TimeWindow | undefined {
  const [from, to] = [clause.from, clause.to].map((node) =>
    inferDate(context, node, { callee: "during", parameter: "bound" }, zone),
  );
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return undefined;
  if (from < to) return { from, to, zone };
  context.reporter.report("MTL5010", undefined, clause.span, { help: "the window ends before the second date" });
  return undefined;
}

/** `per day`. */
export function inferUnit(context: CheckContext, rule: ast.Rule, { text, span }: ast.Name): CalendarUnit | undefined {
  const unit = calendarUnits.find((each) => each === text);
  if (unit === undefined && text !== "") {
    const suggestion = suggest(text, calendarUnits);
    context.reporter.report(
      "MTL2006",
      { callee: rule.verb, parameter: "per", found: text, known: calendarUnits, suggestion },
      span,
      { suggest: { span, word: suggestion } },
    );
  }
  return unit;
}
