import type { ArgumentValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { argumentDefaults, readArgument } from "../arguments/arguments.js";
import { checkCount, checkNumber, checkWindow, countsByRequest } from "./check-counts.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { isZone, secondsOfDate } from "../values/dates.js";
import { describeTyped, describeValue, withoutParentheses } from "../names/describe.js";
import { inferFormula, type FormulaScope } from "../formulas/formula.js";
import { encloses, showInterval, type Interval } from "../values/intervals.js";
import { checkRuleKey } from "./rule-key.js";
import { clauseName, perUnits, ruleLimit, verbRules, type ClauseName } from "./rule-clauses.js";
import { fixBy } from "../names/suggestion.js";
import { showType } from "../values/types.js";

/** A rule with its clauses by name and its options by key, defaults filled in. */
export interface CheckedRule {
  readonly node: ast.Rule;
  readonly clauses: ReadonlyMap<ClauseName, ast.RuleClause>;
  readonly options: ReadonlyMap<string, ArgumentValue>;
  /** The options that the text states. */
  readonly stated: ReadonlyMap<string, ast.Expression>;
}

/** A `rules` block: names once each, and for each rule the clauses that its verb takes. */
export function checkRules(context: CheckContext, block: ast.RulesBlock, scope: FormulaScope): readonly CheckedRule[] {
  const names = new Map<string, ast.Name>();
  const checked: CheckedRule[] = [];
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
    checked.push(checkRule(context, rule, scope));
  }
  if (checked.length > ruleLimit)
    context.reporter.report("MTL5044", { rules: checked.length, most: ruleLimit }, block.name.span, {
      help: "divide them into sets, and name those in the ranking: `… with first, second`",
    });
  checkBounds(context, checked);
  return checked;
}

/** The product of all boosts has one pair of bounds. */
function checkBounds(context: CheckContext, rules: readonly CheckedRule[]): void {
  const stating = rules.filter(({ node, stated }) => node.verb === "boost" && stated.has("bounds"));
  const [first] = stating;
  const shown = (rule: CheckedRule | undefined): string => JSON.stringify(rule?.options.get("bounds"));
  for (const rule of stating) {
    const node = rule.stated.get("bounds");
    const other = first?.stated.get("bounds");
    if (node !== undefined && other !== undefined && shown(rule) !== shown(first))
      context.reporter.report("MTL5042", { rule: rule.node.name.text }, node.span, {
        labels: [{ span: other.span, message: "stated here first" }],
        help: "state them on one boost",
      });
  }
}

function checkRule(context: CheckContext, rule: ast.Rule, scope: FormulaScope): CheckedRule {
  const { reporter } = context;
  const { required, optional, options } = verbRules[rule.verb];
  const given = new Map<ClauseName, ast.RuleClause>();
  const values = new Map<string, ArgumentValue>(Object.entries(argumentDefaults(options)));
  const stated = new Map<string, ast.Expression>();
  let hasForeign = false;
  for (const clause of rule.clauses) {
    const name = clauseName(clause);
    if (name === undefined) {
      if (clause.kind === "OptionClause") checkOption(context, rule, clause, scope, { values, stated });
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
  else if (rule.verb === "pace" && !given.has("at most") && !given.has("at least"))
    reporter.report("MTL5008", { verb: rule.verb, rule: rule.name.text, lacking: ["at most"] }, rule.name.span, {
      help: `write \`${example.pace}\``,
    });
  checkPace(context, rule, given);
  // A draw needs both numbers of the class: how often, and out of how many.
  for (const [one, other] of [
    ["successes", "trials"],
    ["trials", "successes"],
  ] as const) {
    const node = stated.get(one);
    if (node !== undefined && !stated.has(other))
      reporter.report("MTL5008", { verb: rule.verb, rule: rule.name.text, lacking: [`${other}:`] }, node.span);
  }
  for (const clause of given.values()) checkClause(context, rule, clause, scope, values);
  checkWindow(context, given, scope);
  return { node: rule, clauses: given, options: values, stated };
}

/** A pace follows one number. */
function checkPace(context: CheckContext, rule: ast.Rule, given: ReadonlyMap<ClauseName, ast.RuleClause>): void {
  const [most, least] = [given.get("at most"), given.get("at least")];
  if (rule.verb !== "pace" || most?.kind !== "BoundClause" || least?.kind !== "BoundClause") return;
  const shown = ({ count }: typeof most): string => {
    const constant = constantOf(count);
    return constant.kind === "value" ? String(constant.value) : "…";
  };
  context.reporter.report(
    "MTL5061",
    { rule: rule.name.text, least: shown(least), most: shown(most) },
    (least.span.start < most.span.start ? most : least).span,
    {
      labels: [{ span: (least.span.start < most.span.start ? least : most).span, message: "the other one" }],
      help: "keep one of them; a limit that nothing may pass is a `cap`",
    },
  );
}

const example: Readonly<Record<ast.RuleVerb, string>> = {
  drop: "drop name when condition",
  boost: "boost name when condition by 1.5",
  suppress: "suppress name when condition by 0.1",
  spread: "spread name at most 1 of brand in 5",
  explore: "explore name when condition at least 2 in top 20",
  pin: "pin name when condition at 1",
  mmr: "mmr name of embedding in top 50",
  dpp: "dpp name of embedding in top 50",
  dedupe: "dedupe name of item_id",
  cap: "cap name at most 1_000_000 of item_id per day",
  pace: "pace name at most 1_000_000 of item_id per day",
};

/** The first text that a key was stated with is the one that counts. */
interface Options {
  readonly values: Map<string, ArgumentValue>;
  readonly stated: Map<string, ast.Expression>;
}

function checkOption(
  context: CheckContext,
  rule: ast.Rule,
  clause: Extract<ast.RuleClause, { kind: "OptionClause" }>,
  scope: FormulaScope,
  { values, stated }: Options,
): void {
  const { options } = verbRules[rule.verb];
  const { text, span } = clause.key;
  if (text === "") return;
  const option = options.find(({ name }) => name === text);
  const known = options.map(({ name }) => name);
  if (option === undefined) {
    const suggestion = suggest(text, known);
    context.reporter.report(
      "MTL2005",
      { callee: rule.verb, name: text, known, suggestion },
      span,
      fixBy(suggestion, span),
    );
    return;
  }
  const first = stated.get(text);
  if (first !== undefined) {
    context.reporter.report("MTL5009", { clause: text }, clause.span, {
      labels: [{ span: first.span, message: "the first one" }],
    });
    return;
  }
  stated.set(text, clause.value);
  if (option.type.kind === "expression") {
    checkNumber(context, clause.value, scope, text);
    return;
  }
  const value = readArgument(context, { name: rule.verb, span: rule.name.span }, option, clause.value);
  if (value === undefined) return;
  values.set(text, value);
  checkOptionValue(context, rule, text, value, clause.value);
}

/** What the type of an option does not say. */
function checkOptionValue(
  context: CheckContext,
  rule: ast.Rule,
  option: string,
  value: ArgumentValue,
  node: ast.Expression,
): void {
  const range = (expected: string): void =>
    context.reporter.report(
      "MTL3003",
      { callee: rule.verb, parameter: option, expected, found: JSON.stringify(value) },
      node.span,
    );
  switch (option) {
    case "zone":
      if (typeof value === "string" && !isZone(value))
        context.reporter.report("MTL5043", { zone: value }, node.span, {
          help: "use a name of the IANA list: `Asia/Shanghai`, `UTC`",
        });
      return;
    case "bounds": {
      const [low, high, ...more] = numbersOf(value);
      if (low === undefined || high === undefined || more.length > 0 || !(low > 0 && low <= 1 && high >= 1))
        range("two numbers [low, high] with 0 < low ≤ 1 ≤ high");
      return;
    }
    case "gains":
      if (numbersOf(value).length !== 3 || numbersOf(value).some((gain) => gain < 0))
        range("three numbers ≥ 0: proportional, integral and derivative");
      return;
    case "target": {
      const parts = numbersOf(value);
      if (typeof value !== "string" && (parts.some((part) => part < 0) || parts.every((part) => part === 0)))
        range("numbers ≥ 0, one of them above 0");
      return;
    }
  }
}

export function numbersOf(value: ArgumentValue | undefined): readonly number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "number") : [];
}

function checkClause(
  context: CheckContext,
  rule: ast.Rule,
  clause: ast.RuleClause,
  scope: FormulaScope,
  options: ReadonlyMap<string, ArgumentValue>,
): void {
  const callee = { name: rule.verb, span: rule.name.span };
  const count = (parameter: string, value: ast.Expression): void => {
    if (countsByRequest(rule.verb, clause) && constantOf(value).kind === "none")
      return checkCount(context, scope, parameter, value);
    readArgument(context, callee, { name: parameter, type: { kind: "number", min: 1, integer: true } }, value);
  };
  switch (clause.kind) {
    case "WhenClause":
      return checkCondition(context, clause.condition, scope, "when");
    case "ByClause":
      return checkAmount(context, rule, clause.amount, scope);
    case "DuringClause":
      return checkWindowOfTime(context, clause, zoneOf(options));
    case "BoundClause":
      return count(`at ${clause.bound}`, clause.count);
    case "OfClause":
      return checkRuleKey(context, rule.verb, clause.key, scope);
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

/** The zone of a rule's dates, as far as it is one. */
export function zoneOf(options: ReadonlyMap<string, ArgumentValue>): string {
  const zone = options.get("zone");
  return typeof zone === "string" && isZone(zone) ? zone : "UTC";
}

/** A boost multiplies by more than 0; a suppression by less than 1, puts the item `last`, or drops it. */
function checkAmount(context: CheckContext, rule: ast.Rule, amount: ast.Expression, scope: FormulaScope): void {
  const value = withoutParentheses(amount);
  const suppresses = rule.verb === "suppress";
  const isWord = suppresses && value.kind === "NameExpression" && !context.scope.names.has(value.name.text);
  if (!isWord && constantOf(value).kind === "none") {
    const range = checkNumber(context, value, scope, "by");
    const allowed: Interval = suppresses
      ? { low: 0, high: 1, highOpen: true }
      : { low: 0, high: Infinity, lowOpen: true };
    if (range !== undefined && !encloses(allowed, range))
      context.reporter.report(
        "MTL5047",
        { verb: rule.verb, expected: suppresses ? "in [0, 1)" : "above 0", range: showInterval(range) },
        value.span,
        { help: suppresses ? "bound it: `clamp(…, 0, 0.9)`" : "bound it: `max(…, 0.1)`" },
      );
    return;
  }
  const factor = suppresses
    ? ({ kind: "number", min: 0, max: 1, maxOpen: true } as const)
    : ({ kind: "number", min: 0, minOpen: true } as const);
  const type = suppresses
    ? ({ kind: "either", options: [factor, { kind: "choice", values: ["last", "drop"] }] } as const)
    : factor;
  readArgument(context, { name: rule.verb, span: rule.name.span }, { name: "by", type }, value);
}

/** A half-open window: an end that does not lie after its start can never be open. */
function checkWindowOfTime(
  context: CheckContext,
  clause: Extract<ast.RuleClause, { kind: "DuringClause" }>,
  zone: string,
): void {
  const [from, to] = [clause.from, clause.to].map((node) => {
    if (node.kind === "Date") return secondsOfDate(node.text, zone);
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
