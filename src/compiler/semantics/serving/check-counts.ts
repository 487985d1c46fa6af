/** Whole numbers of rules: stated, or formulas over the request. */
import type * as ast from "../../syntax/index.js";
import { visit } from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeTyped, describeValue } from "../names/describe.js";
import { inferFormula, type FormulaScope } from "../formulas/formula.js";
import { isCandidateId } from "../formulas/formula-scope.js";
import { encloses, showInterval, type Interval } from "../values/intervals.js";
import { clauseName, type ClauseName } from "./rule-clauses.js";
import { showType } from "../values/types.js";

/** What a count may be. */
const counts: Interval = { low: 1, high: 10_000 };

const requestCounts: Readonly<Partial<Record<ast.RuleVerb, readonly ClauseName[]>>> = {
  spread: ["at most", "in"],
  explore: ["at least", "in top"],
  mmr: ["in top"],
  dpp: ["in top"],
};

/** Whether the clause's number may be a formula: counters of caps and paces, and a pin's place, are the same for all. */
export function countsByRequest(verb: ast.RuleVerb, clause: ast.RuleClause): boolean {
  const name = clauseName(clause);
  return name !== undefined && requestCounts[verb]?.includes(name) === true;
}

/** A number of formulas; one that may be missing is reported as such. */
export function checkNumber(
  context: CheckContext,
  node: ast.Expression,
  scope: FormulaScope,
  where: string,
): Interval | undefined {
  const type = inferFormula(scope, node);
  if (type.kind === "number" && !type.optional) return type.range;
  if (type.kind === "number")
    context.reporter.report("MTL3043", { value: describeValue(node) }, node.span, {
      help: "say what stands for it when it is missing: `coalesce(…, 0)`",
    });
  else if (type.kind !== "error")
    context.reporter.report(
      "MTL3024",
      { operator: where, expected: "a number", found: describeTyped(node, showType(type, context.within)) },
      node.span,
    );
  return undefined;
}

/** A formula that gives a count: one number for the whole request, of a range that holds counts only. */
export function checkCount(context: CheckContext, scope: FormulaScope, where: string, node: ast.Expression): void {
  const range = checkNumber(context, node, scope, where);
  if (range === undefined) return;
  const own = ofCandidate(context, node, new Set());
  if (own !== undefined) {
    context.reporter.report("MTL5062", { where, name: own.text }, node.span, {
      help: "read values of the request and parameters only",
    });
    return;
  }
  if (!encloses(counts, range))
    context.reporter.report("MTL5063", { where, range: showInterval(range) }, node.span, {
      help: "declare the range of what it reads, or bound it: `clamp(…, 1, 5)`",
    });
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

/** `at most 5 … in 3` holds on every list. */
export function checkWindow(
  context: CheckContext,
  given: ReadonlyMap<ClauseName, ast.RuleClause>,
  scope: FormulaScope,
): void {
  const bound = given.get("at most") ?? given.get("at least");
  const window = given.get("in") ?? given.get("in top");
  if (bound?.kind !== "BoundClause") return;
  const size = window?.kind === "WindowClause" ? window.size : window?.kind === "TopClause" ? window.count : undefined;
  const [count, places] = [bound.count, size].map((node) => (node === undefined ? undefined : rangeOf(scope, node)));
  if (count === undefined || places === undefined) return;
  const dead = bound.bound === "most" ? count.low >= places.high : count.low > places.high;
  if (dead)
    context.reporter.report(
      "MTL5011",
      { bound: bound.bound, count: count.low, places: places.high },
      bound.span,
      window === undefined ? {} : { labels: [{ span: window.span, message: `${places.high} places` }] },
    );
}

/** What a count may be, as far as its text is sound. */
function rangeOf(scope: FormulaScope, node: ast.Expression): Interval | undefined {
  const constant = constantOf(node);
  if (constant.kind === "value") return { low: constant.value, high: constant.value };
  const type = inferFormula(scope, node);
  return type.kind === "number" && encloses(counts, type.range) ? type.range : undefined;
}
