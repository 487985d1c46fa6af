import { isBetterGreater, metricText } from "../../metrics/index.js";
import type { StopTerm, TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { argumentFor, checkArguments, type ArgumentSpec } from "../arguments/arguments.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import type { Heads } from "../heads/heads.js";
import { describeValue } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import { headKinds } from "../names/symbols.js";
import { checkMetric, type MeasuredSpec } from "./check-metrics.js";

const metricForm = "a metric of a head such as `auc(ctr)`, or a weighted sum of such";

export const stopSpecs: readonly ArgumentSpec[] = [
  { name: "metric", type: { kind: "expression", expected: metricForm } },
  { name: "patience", type: { kind: "number", min: 1, integer: true }, default: 1 },
];

/** `early(metric: auc(ctcvr), patience: 2)`, `early(metric: auc(ctr) + 0.5 * ndcg(pref, at: 10))`. */
export function checkStop(
  context: CheckContext,
  value: ast.Expression | undefined,
  heads: Heads,
  spec: MeasuredSpec,
): TrainModel["stop"] {
  if (value === undefined || value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression" && value.name.text === "none") return undefined;
  if (value.kind !== "Call" || value.callee.text !== "early") {
    context.reporter.report(
      "MTL3002",
      {
        callee: "train",
        parameter: "stop",
        expected: "`early(metric: auc(task), patience: 2)` or `none`",
        found: describeValue(value),
      },
      value.span,
    );
    return undefined;
  }
  const callee = { name: "early", span: value.callee.span };
  const args = checkArguments(context, callee, stopSpecs, value.arguments);
  const given = argumentFor(stopSpecs, value.arguments, "metric");
  if (given === undefined || given.value.kind === "Missing") return undefined;
  const terms = readTerms(given.value, 1).map((term) => checkTerm(context, term, heads, spec));
  if (args === undefined || !terms.every((term) => term !== undefined)) return undefined;
  if (!haveOneDirection(context, terms, given.value.span)) return undefined;
  const patience = Number(args["patience"]);
  const [first] = terms;
  if (first === undefined) return undefined;
  // Of one metric, only its direction counts.
  return terms.length === 1 && first.weight > 0
    ? { metric: first.metric, head: first.head, patience }
    : { terms, patience };
}

/** A term of the sum that is watched, as it is written. */
interface WrittenTerm {
  readonly weight: number;
  readonly expression: ast.Expression;
}

/** The terms of a sum with their weights: `a + 0.5 * b - (c + d) / 2`. */
function readTerms(expression: ast.Expression, weight: number): readonly WrittenTerm[] {
  switch (expression.kind) {
    case "Parenthesized":
      return readTerms(expression.inner, weight);
    case "Unary":
      return expression.operator === "-" ? readTerms(expression.operand, -weight) : [{ weight, expression }];
    case "Binary": {
      const { operator, left, right } = expression;
      if (operator === "+") return [...readTerms(left, weight), ...readTerms(right, weight)];
      if (operator === "-") return [...readTerms(left, weight), ...readTerms(right, -weight)];
      const [first, second] = [constantOf(left), constantOf(right)];
      if (operator === "*" && first.kind === "value") return readTerms(right, weight * first.value);
      if (operator === "*" && second.kind === "value") return readTerms(left, weight * second.value);
      if (operator === "/" && second.kind === "value") return readTerms(left, weight / second.value);
      return [{ weight, expression }];
    }
    default:
      return [{ weight, expression }];
  }
}

/** `ndcg(pref, at: 10)`: the head first, or by its name, then the metric's own arguments. */
function checkTerm(
  context: CheckContext,
  { weight, expression }: WrittenTerm,
  heads: Heads,
  spec: MeasuredSpec,
): StopTerm | undefined {
  if (expression.kind === "Missing") return undefined;
  const at = expression.kind === "Call" ? indexOfHead(expression.arguments) : -1;
  const operand = expression.kind === "Call" ? expression.arguments[at]?.value : undefined;
  if (expression.kind !== "Call" || operand?.kind !== "NameExpression") {
    if (operand?.kind !== "Missing")
      context.reporter.report(
        "MTL3002",
        { callee: "early", parameter: "metric", expected: metricForm, found: describeValue(expression) },
        expression.span,
      );
    return undefined;
  }
  const symbol = resolveName(context, operand.name, { kinds: headKinds, what: "a task or a chain" });
  const head = symbol === undefined ? undefined : heads.get(symbol.name);
  const given = expression.arguments.filter((_, index) => index !== at);
  const metric = checkMetric(
    context,
    { name: expression.callee, given },
    { name: operand.name.text, type: head?.type },
    spec,
  );
  if (metric === undefined || symbol === undefined || head?.external === true) return undefined;
  if (weight === 0 || !Number.isFinite(weight)) {
    context.reporter.report(
      "MTL3003",
      { callee: "early", parameter: "metric", expected: "a weight that is not 0", found: String(weight) },
      expression.span,
    );
    return undefined;
  }
  return { weight, metric, head: symbol.name };
}

function indexOfHead(given: readonly ast.Argument[]): number {
  const named = given.findIndex(({ name }) => name?.text === "head");
  return named >= 0 ? named : given.findIndex(({ name }) => name === undefined);
}

/** Whether more of the sum is better, or less, for all of its terms; a mix is reported. */
function haveOneDirection(context: CheckContext, terms: readonly StopTerm[], span: ast.Expression["span"]): boolean {
  const greater = terms.find(isBetterGreater);
  const smaller = terms.find((term) => !isBetterGreater(term));
  if (greater === undefined || smaller === undefined) return true;
  const text = ({ weight, metric, head }: StopTerm): string => `${weight < 0 ? "-" : ""}${metricText(metric, head)}`;
  context.reporter.report("MTL3071", { greater: text(greater), smaller: text(smaller) }, span, {
    help: "turn the sign of one of them: a loss or an error is subtracted from what should grow",
  });
  return false;
}
