import type {
  CalendarUnit,
  FormulaExpression,
  RuleCount,
  RuleKey,
  RuleModel,
  TimeWindow,
} from "../../../model/index.js";
import { clauseNames, ruleVerbs, type ClauseName, type ClauseSpec } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import { constantOf } from "../../arguments/constants.js";
import type { FormulaScope } from "../../formulas/typed-formula.js";
import { declared } from "../../names/declared.js";
import type { Interval } from "../../../functions/intervals.js";
import { clauseName } from "./clause-name.js";
import { inferCount } from "./counts.js";
import { inferAmount, inferCondition, inferDates, inferUnit } from "./infer-clause.js";
import { inferOptions, type TypedOptions } from "./infer-options.js";
import { inferRuleKey } from "./key.js";

/** A rule after checking. */
export interface TypedRule {
  readonly node: ast.Rule;
  readonly options: TypedOptions;
  /** Undefined when something is wrong with the rule. */
  readonly value: RuleModel | undefined;
}

type GivenClauses = ReadonlyMap<ClauseName, ast.RuleClause>;

/** A rule by the row of its verb: which clauses and options it may and must have, what each may be, and its model. */
export function inferRule(scope: FormulaScope, rule: ast.Rule): TypedRule {
  const row = ruleVerbs[rule.verb];
  const options = inferOptions(scope, rule);
  const { given, foreign, valid } = collectClauses(scope, rule);
  const isWhole = [
    valid,
    options.valid,
    checkRequired(scope, rule, given, foreign),
    checkOneOf(scope, rule, given),
    checkTogether(scope, rule, options),
  ].every(Boolean);
  const { values, ranges, during } = inferClauses(scope, rule, given, options.zone);
  checkWindow(scope, given, ranges);
  if (!isWhole || values.size + (during === undefined ? 0 : 1) !== given.size)
    return { node: rule, options, value: undefined };
  const { span, ...named } = declared(rule);
  const base = { ...named, ...(during === undefined ? {} : { during }), span };
  const clauses = Object.fromEntries(values);
  return { node: rule, options, value: row.model({ base, clauses, options: options.values }) };
}

/** The first clause of each name, of those that the verb takes; `valid` when that is all. */
function collectClauses(
  { context: { reporter } }: FormulaScope,
  { verb, clauses }: ast.Rule,
): { readonly given: GivenClauses; readonly foreign: boolean; readonly valid: boolean } {
  const given = new Map<ClauseName, ast.RuleClause>();
  const known = Object.keys(ruleVerbs[verb].clauses);
  let [foreign, repeated] = [false, false];
  for (const clause of clauses) {
    const name = clauseName(clause);
    if (name === undefined) continue;
    const first = given.get(name);
    if (first !== undefined) {
      repeated = true;
      reporter.report("MTL5009", { clause: name }, clause.span, {
        labels: [{ span: first.span, message: "the first one" }],
      });
    } else if (known.includes(name)) given.set(name, clause);
    else {
      foreign = true;
      reporter.report("MTL5007", { verb, clause: name, known }, clause.span);
    }
  }
  return { given, foreign, valid: !foreign && !repeated };
}

/** What must be there. A clause that does not belong here (`foreign`) may be a wrong word for one that is missing. */
function checkRequired({ context }: FormulaScope, rule: ast.Rule, given: GivenClauses, foreign: boolean): boolean {
  const row = ruleVerbs[rule.verb];
  const { oneOf, example } = row;
  const required = clauseNames(row).required.filter((name) => !given.has(name));
  const [first] = oneOf;
  const missing =
    required.length > 0 && !foreign
      ? required
      : first !== undefined && !oneOf.some((name) => given.has(name))
        ? [first]
        : undefined;
  if (missing === undefined) return required.length === 0;
  context.reporter.report("MTL5008", { verb: rule.verb, rule: rule.name.text, missing }, rule.name.span, {
    help: `write \`${example}\``,
  });
  return false;
}

/** A pace follows one number. */
function checkOneOf({ context }: FormulaScope, rule: ast.Rule, given: GivenClauses): boolean {
  const bounds = ruleVerbs[rule.verb].oneOf.flatMap((name) => {
    const clause = given.get(name);
    return clause?.kind === "BoundClause" ? [clause] : [];
  });
  const [first, second] = bounds.toSorted((a, b) => a.span.start - b.span.start);
  if (first === undefined || second === undefined) return true;
  const shown = (bound: "most" | "least"): string => {
    const clause = bounds.find((each) => each.bound === bound);
    const constant = clause === undefined ? undefined : constantOf(clause.count);
    return constant?.kind === "value" ? String(constant.value) : "…";
  };
  context.reporter.report(
    "MTL5061",
    { rule: rule.name.text, least: shown("least"), most: shown("most") },
    second.span,
    {
      labels: [{ span: first.span, message: "the other one" }],
      help: "keep one of them; a limit that nothing may pass is a `cap`",
    },
  );
  return false;
}

/** Options that say something only together. */
function checkTogether({ context }: FormulaScope, rule: ast.Rule, { stated }: TypedOptions): boolean {
  const { together } = ruleVerbs[rule.verb];
  const missing = together.filter((name) => !stated.has(name));
  if (missing.length === 0 || missing.length === together.length) return true;
  for (const name of together) {
    const node = stated.get(name);
    if (node !== undefined)
      context.reporter.report(
        "MTL5008",
        { verb: rule.verb, rule: rule.name.text, missing: missing.map((each) => `${each}:`) },
        node.span,
      );
  }
  return false;
}

interface TypedClauses {
  /** For the verb's model, each of the kind that its row says; those with errors left out. */
  readonly values: ReadonlyMap<ClauseName, ClauseContent>;
  /** Of counts, what they may be. */
  readonly ranges: ReadonlyMap<ClauseName, Interval>;
  readonly during: TimeWindow | undefined;
}

type ClauseContent = FormulaExpression | string | RuleCount | RuleKey | RuleKey[number] | CalendarUnit;

function inferClauses(scope: FormulaScope, rule: ast.Rule, given: GivenClauses, zone: string): TypedClauses {
  const values = new Map<ClauseName, ClauseContent>();
  const ranges = new Map<ClauseName, Interval>();
  let during: TimeWindow | undefined;
  for (const [name, clause] of given) {
    if (clause.kind === "DuringClause") during = inferDates(scope.context, clause, zone);
    const spec = ruleVerbs[rule.verb].clauses[name];
    if (spec === undefined) continue;
    const counted = countIn(clause);
    if (counted === undefined || spec.kind !== "count") {
      const value = inferClause(scope, rule, clause, spec);
      if (value !== undefined) values.set(name, value);
      continue;
    }
    const callee = { name: rule.verb, span: rule.name.span };
    const count = inferCount(scope, callee, name, counted, spec.of);
    if (count === undefined) continue;
    ranges.set(name, count.range);
    if (count.value !== undefined) values.set(name, count.value);
  }
  return { values, ranges, during };
}

/** What a clause that is neither dates nor a count says; undefined when something is wrong with it. */
function inferClause(
  scope: FormulaScope,
  rule: ast.Rule,
  clause: ast.RuleClause,
  spec: ClauseSpec,
): ClauseContent | undefined {
  switch (clause.kind) {
    case "WhenClause":
      return inferCondition(scope, clause.condition, "when");
    case "ByClause":
      return spec.kind === "amount" ? inferAmount(scope, rule, clause.amount, spec) : undefined;
    case "OfClause": {
      const compares = spec.kind === "key" ? spec.compares : "values";
      const key = inferRuleKey(scope, rule.verb, clause.key, compares);
      return compares === "items" ? key?.[0] : key;
    }
    case "PerClause":
      return inferUnit(scope.context, rule, clause.unit);
    default:
      return undefined;
  }
}

/** The number of a clause that has one. */
function countIn(clause: ast.RuleClause): ast.Expression | undefined {
  switch (clause.kind) {
    case "BoundClause":
    case "TopClause":
      return clause.count;
    case "WindowClause":
      return clause.size;
    case "AtClause":
      return clause.place;
    default:
      return undefined;
  }
}

/** `at most 5 … in 3` holds on every list. */
function checkWindow({ context }: FormulaScope, given: GivenClauses, ranges: TypedClauses["ranges"]): void {
  const bound = given.get("at most") ?? given.get("at least");
  if (bound?.kind !== "BoundClause") return;
  const window = given.get("in") ?? given.get("in top");
  const count = ranges.get(`at ${bound.bound}`);
  const places = ranges.get(given.has("in") ? "in" : "in top");
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
