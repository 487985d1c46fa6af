/** Whole numbers of rules: stated, or formulas over the request. */
import type { RuleCount } from "../../../model/index.js";
import { ruleVerbs, type RuleVerb } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import { visit } from "../../../syntax/index.js";
import { readArgument, type Callee } from "../../arguments/arguments.js";
import { constantOf } from "../../arguments/constants.js";
import type { CheckContext } from "../../context.js";
import { inferFormula } from "../../formulas/infer-formula.js";
import { isCandidateId } from "../../formulas/formula-scope.js";
import type { FormulaScope, TypedFormula } from "../../formulas/typed-formula.js";
import { describeTyped, describeValue } from "../../names/describe.js";
import { encloses, point, showInterval, type Interval } from "../../../functions/intervals.js";
import { showType, type NumberValue } from "../../values/types.js";
import { clauseName } from "./clause-name.js";

/** What a count may be. */
const counts: Interval = { low: 1, high: 10_000 };

/** Whether the clause's number may be a formula: counters of caps and paces, and a pin's place, are the same for all. */
export function countsByRequest(verb: RuleVerb, clause: ast.RuleClause): boolean {
  const name = clauseName(clause);
  const spec = name === undefined ? undefined : ruleVerbs[verb].clauses[name];
  return spec?.kind === "count" && spec.of === "request";
}

/** A number of formulas; one that may be missing is reported as such. */
export function inferNumber(
  scope: FormulaScope,
  node: ast.Expression,
  where: string,
): (TypedFormula & { readonly type: NumberValue }) | undefined {
  const { context } = scope;
  const { type, value } = inferFormula(scope, node);
  if (type.kind === "number" && !type.optional) return { type, value };
  if (type.kind === "number")
    context.reporter.report("MTL3043", { value: describeValue(node) }, node.span, {
      help: "say what replaces it when it is missing: `coalesce(…, 0)`",
    });
  else if (type.kind !== "error")
    context.reporter.report(
      "MTL3024",
      { operator: where, expected: "a number", found: describeTyped(node, showType(type, context.within)) },
      node.span,
    );
  return undefined;
}

/** A count with the range that it stays in. */
export interface TypedCount {
  readonly value: RuleCount | undefined;
  readonly range: Interval;
}

/**
 * A stated whole number ≥ 1 or, of a request, a formula that is one number for all candidates, of a range that holds
 * counts only. `where` is the clause. No value after something was reported.
 */
export function inferCount(
  scope: FormulaScope,
  callee: Callee,
  where: string,
  node: ast.Expression,
  of: "rule" | "request",
): TypedCount | undefined {
  const constant = constantOf(node);
  if (of === "request" && constant.kind === "none") return inferRequestCount(scope, where, node);
  const spec = { name: where, type: { kind: "number", min: 1, integer: true } } as const;
  const value = readArgument(scope.context, callee, spec, node);
  if (constant.kind !== "value") return undefined;
  return { value: typeof value === "number" ? value : undefined, range: point(constant.value) };
}

function inferRequestCount(scope: FormulaScope, where: string, node: ast.Expression): TypedCount | undefined {
  const { context } = scope;
  const formula = inferNumber(scope, node, where);
  if (formula === undefined) return undefined;
  const { range } = formula.type;
  const own = ofCandidate(context, node, new Set());
  if (own !== undefined) {
    context.reporter.report("MTL5062", { where, name: own.text }, node.span, {
      help: "read values of the request and parameters only",
    });
    return encloses(counts, range) ? { value: undefined, range } : undefined;
  }
  if (encloses(counts, range)) return { value: formula.value, range };
  context.reporter.report("MTL5063", { where, range: showInterval(range) }, node.span, {
    help: "declare the range of what it reads, or bound it: `clamp(…, 1, 5)`",
  });
  return undefined;
}

/** A name under the formula whose value each candidate has its own of, those of formulas that it reads included. */
function ofCandidate(context: CheckContext, node: ast.Expression, visited: Set<string>): ast.Name | undefined {
  let found: ast.Name | undefined;
  visit(node, (each) => {
    if (found !== undefined || each.kind !== "NameExpression") return;
    const { name } = each;
    const symbol = context.scope.attributes.get(name.text) ?? context.scope.names.get(name.text);
    if (symbol?.kind === "fusion") {
      if (visited.has(name.text)) return;
      visited.add(name.text);
      if (ofCandidate(context, symbol.declaration.value, visited) !== undefined) found = name;
    } else if (isCandidateId(context, name.text) || (symbol !== undefined && !sharedKinds.has(symbol.kind)))
      found = name;
  });
  return found;
}

const sharedKinds: ReadonlySet<string> = new Set(["request", "param"]);
