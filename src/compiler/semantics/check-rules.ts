import type * as ast from "../syntax/index.js";
import { suggest } from "../text/index.js";
import { constantOf } from "./constants.js";
import type { CheckContext } from "./context.js";
import { describeTyped, describeValue, withoutParentheses } from "./describe.js";
import { inferFormula, type FormulaScope } from "./formula.js";
import { readArgument } from "./arguments.js";
import { clauseName, perUnits, verbRules, type ClauseName } from "./rule-clauses.js";
import { showType } from "./types.js";

/** A `rules` block: names once each, and for each rule the clauses that its verb takes. */
export function checkRules(context: CheckContext, block: ast.RulesBlock, scope: FormulaScope): void {
  const names = new Map<string, ast.Name>();
  for (const rule of block.rules) {
    if (rule.kind === "MissingRule") continue;
    const { text, span } = rule.name;
    const first = names.get(text);
    if (first !== undefined)
      context.reporter.report("MTL2002", { name: text, kind: "a rule", first: "a rule" }, span, {
        labels: [{ span: first.span, message: "declared here first" }],
        help: "give one of them another name",
      });
    else if (text !== "") names.set(text, rule.name);
    checkRule(context, rule, scope);
  }
}

function checkRule(context: CheckContext, rule: ast.Rule, scope: FormulaScope): void {
  const { reporter } = context;
  const { required, optional, options } = verbRules[rule.verb];
  const given = new Map<ClauseName, ast.RuleClause>();
  let hasForeign = false;
  for (const clause of rule.clauses) {
    const name = clauseName(clause);
    if (name === undefined) {
      if (clause.kind === "OptionClause") checkOption(context, rule, clause, options);
      continue;
    }
    const first = given.get(name);
    if (first !== undefined)
      reporter.report("MTL5009", { clause: name }, clause.span, {
        labels: [{ span: first.span, message: "the first one" }],
      });
    else if (!required.includes(name) && !optional.includes(name)) {
      hasForeign = true;
      reporter.report("MTL5007", { verb: rule.verb, clause: name, known: [...required, ...optional] }, clause.span);
      continue;
    }
    given.set(name, first ?? clause);
  }
  const lacking = required.filter((name) => !given.has(name));
  // A clause that does not belong here may be a wrong word for the one that lacks.
  if (lacking.length > 0 && !hasForeign)
    reporter.report("MTL5008", { verb: rule.verb, rule: rule.name.text, lacking }, rule.name.span, {
      help: `write \`${example[rule.verb]}\``,
    });
  for (const clause of given.values()) checkClause(context, rule, clause, scope);
  checkWindow(context, given);
}

const example: Readonly<Record<ast.RuleVerb, string>> = {
  drop: "drop name when condition",
  boost: "boost name when condition by 1.5",
  suppress: "suppress name when condition by 0.1",
  spread: "spread name at most 1 of brand in 5",
  explore: "explore name when condition at least 2 in top 20",
  pin: "pin name when condition at 1",
  mmr: "mmr name",
  dpp: "dpp name",
  dedupe: "dedupe name of item_id",
  cap: "cap name at most 1_000_000 of item_id per day",
  pace: "pace name of item_id per day",
};

function checkOption(
  context: CheckContext,
  rule: ast.Rule,
  clause: Extract<ast.RuleClause, { kind: "OptionClause" }>,
  options: readonly string[],
): void {
  const { text, span } = clause.key;
  if (text === "" || options.includes(text)) return;
  context.reporter.report(
    "MTL2005",
    { callee: rule.verb, name: text, known: options, suggestion: suggest(text, options) },
    span,
  );
}

function checkClause(context: CheckContext, rule: ast.Rule, clause: ast.RuleClause, scope: FormulaScope): void {
  const callee = { name: rule.verb, span: rule.name.span };
  const count = (parameter: string, value: ast.Expression): void => {
    readArgument(context, callee, { name: parameter, type: { kind: "number", min: 1, integer: true } }, value);
  };
  switch (clause.kind) {
    case "WhenClause":
      return checkCondition(context, clause.condition, scope, "when");
    case "ByClause":
      return checkAmount(context, rule, clause.amount);
    case "DuringClause":
      return checkWindowOfTime(context, clause);
    case "BoundClause":
      return count(`at ${clause.bound}`, clause.count);
    case "OfClause":
      return checkKey(context, clause.key, scope);
    case "WindowClause":
      return count("in", clause.size);
    case "TopClause":
      return count("in top", clause.count);
    case "PerClause":
      if (clause.unit.text !== "" && !(perUnits as readonly string[]).includes(clause.unit.text))
        context.reporter.report(
          "MTL2006",
          {
            callee: rule.verb,
            parameter: "per",
            found: clause.unit.text,
            known: perUnits,
            suggestion: suggest(clause.unit.text, perUnits),
          },
          clause.unit.span,
        );
      return;
    case "AtClause":
      return count("at", clause.place);
    case "OptionClause":
      return;
  }
}

export function checkCondition(
  context: CheckContext,
  condition: ast.Expression,
  scope: FormulaScope,
  where: string,
): void {
  const type = inferFormula(scope, condition);
  if (type.kind === "error" || type.kind === "bool") return;
  context.reporter.report(
    "MTL3024",
    {
      operator: where,
      expected: "a condition",
      found: describeTyped(condition, showType(type, context.within)),
    },
    condition.span,
  );
}

/** A boost multiplies by more than 0; a suppression by less than 1, or puts the item `last`. */
function checkAmount(context: CheckContext, rule: ast.Rule, amount: ast.Expression): void {
  const value = withoutParentheses(amount);
  const factor =
    rule.verb === "suppress"
      ? ({ kind: "number", min: 0, max: 1, maxOpen: true } as const)
      : ({ kind: "number", min: 0, minOpen: true } as const);
  const type =
    rule.verb === "suppress"
      ? ({ kind: "either", options: [factor, { kind: "choice", values: ["last"] }] } as const)
      : factor;
  readArgument(context, { name: rule.verb, span: rule.name.span }, { name: "by", type }, value);
}

/** A half-open window: an end that does not lie after its start can never be open. */
function checkWindowOfTime(context: CheckContext, clause: Extract<ast.RuleClause, { kind: "DuringClause" }>): void {
  const [from, to] = [clause.from, clause.to].map((node) => {
    if (node.kind === "Date") return Date.parse(node.text.includes("T") ? node.text : `${node.text}T00:00:00Z`);
    if (node.kind !== "Missing")
      context.reporter.report(
        "MTL3002",
        { callee: "during", parameter: "bound", expected: "a date", found: describeValue(node) },
        node.span,
      );
    return undefined;
  });
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to) || from < to) return;
  context.reporter.report("MTL5010", undefined, clause.span, { help: "the window ends before the second date" });
}

/** What values are counted by: an attribute or a feature. */
function checkKey(context: CheckContext, key: ast.Expression, scope: FormulaScope): void {
  if (key.kind === "Missing") return;
  if (key.kind === "NameExpression") {
    inferFormula(scope, key);
    return;
  }
  context.reporter.report(
    "MTL3002",
    { callee: "of", parameter: "key", expected: "an attribute or a feature", found: describeValue(key) },
    key.span,
  );
}

/** `at most 5 … in 3` holds on every list. */
function checkWindow(context: CheckContext, given: ReadonlyMap<ClauseName, ast.RuleClause>): void {
  const bound = given.get("at most") ?? given.get("at least");
  const window = given.get("in") ?? given.get("in top");
  if (bound?.kind !== "BoundClause") return;
  const size = window?.kind === "WindowClause" ? window.size : window?.kind === "TopClause" ? window.count : undefined;
  const [count, places] = [bound.count, size].map((node) => (node === undefined ? undefined : constantOf(node)));
  if (count?.kind !== "value" || places?.kind !== "value") return;
  const dead = bound.bound === "most" ? count.value >= places.value : count.value > places.value;
  if (dead)
    context.reporter.report(
      "MTL5011",
      { bound: bound.bound, count: count.value, places: places.value },
      bound.span,
      window === undefined ? {} : { labels: [{ span: window.span, message: `${places.value} places` }] },
    );
}
