/** Checked rules as the model has them: every clause and option explicit. */
import type {
  ArgumentValue,
  CalendarUnit,
  ExploreRule,
  FormulaExpression,
  RuleCount,
  RuleModel,
  RulePriority,
  RuleSetModel,
  SuppressRule,
  TimeWindow,
  UnknownCondition,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { numbersOf, zoneOf, type CheckedRule } from "./check-rules.js";
import { constantOf } from "../arguments/constants.js";
import { secondsOfDate } from "../values/dates.js";
import { resolveFormula, type FormulaNames } from "../formulas/resolve-formula.js";
import { resolveRuleKey } from "./rule-key.js";
import type { ClauseName } from "./rule-clauses.js";

/** A set of rules of which nothing was reported; undefined where a formula is over the limits, which is reported here. */
export function resolveRules(
  names: FormulaNames,
  block: ast.RulesBlock,
  checked: readonly CheckedRule[],
): RuleSetModel | undefined {
  const rules = checked.map((rule) => resolveRule(names, rule)).filter((rule) => rule !== undefined);
  if (rules.length !== checked.length) return undefined;
  const bounds = checked.find(({ node, stated }) => node.verb === "boost" && stated.has("bounds"));
  const [low = 0.1, high = 10] = numbersOf(bounds?.options.get("bounds"));
  return {
    name: block.name.text,
    ...(block.doc === undefined ? {} : { doc: block.doc }),
    rules,
    boostBounds: { low, high },
    span: block.span,
  };
}

type Clause<K extends ast.RuleClause["kind"]> = Extract<ast.RuleClause, { kind: K }>;

function resolveRule(names: FormulaNames, rule: CheckedRule): RuleModel | undefined {
  const { node, options } = rule;
  const base = {
    name: node.name.text,
    ...(node.doc === undefined ? {} : { doc: node.doc }),
    ...resolveDuring(rule),
    span: node.span,
  };
  const when = clause(rule, "when", "WhenClause");
  const condition = when === undefined ? undefined : resolveFormula(names, when.condition);
  const optionalCondition = condition === undefined ? {} : { when: condition };
  const key = clause(rule, "of", "OfClause")?.key;
  const keys = key === undefined ? [] : resolveRuleKey(names.context, key);
  const most = count(clause(rule, "at most", "BoundClause")?.count);
  const least = count(clause(rule, "at least", "BoundClause")?.count);
  const top = clause(rule, "in top", "TopClause")?.count;
  const per = (clause(rule, "per", "PerClause")?.unit.text ?? "day") as CalendarUnit;
  const zone = zoneOf(options);
  const pages = options.get("pages") === "each" ? ({ pages: "each" } as const) : {};
  const unknown = options.get("missing") as UnknownCondition;
  switch (node.verb) {
    case "drop":
      return condition && { ...base, verb: "drop", when: condition, unknown };
    case "boost": {
      const by = resolveAmount(names, rule);
      return condition && by && { ...base, verb: "boost", when: condition, unknown, by };
    }
    case "suppress": {
      const effect = resolveEffect(names, rule);
      return condition && effect && { ...base, verb: "suppress", when: condition, unknown, effect };
    }
    case "spread": {
      const window = resolveCount(names, clause(rule, "in", "WindowClause")?.size);
      const bound = resolveCount(names, clause(rule, "at most", "BoundClause")?.count);
      if (window === undefined || bound === undefined) return undefined;
      return {
        ...base,
        verb: "spread",
        most: bound,
        key: keys,
        window,
        ...optionalCondition,
        priority: resolvePriority(options),
      };
    }
    case "explore": {
      const choice = resolveChoice(names, rule);
      const priority = resolvePriority(options);
      const bound = resolveCount(names, clause(rule, "at least", "BoundClause")?.count);
      const places = resolveCount(names, top);
      if (condition === undefined || choice === undefined || bound === undefined || places === undefined)
        return undefined;
      return { ...base, verb: "explore", when: condition, least: bound, top: places, ...pages, priority, choice };
    }
    case "pin":
      return (
        condition && {
          ...base,
          verb: "pin",
          when: condition,
          place: count(clause(rule, "at", "AtClause")?.place),
          ...pages,
        }
      );
    case "mmr":
    case "dpp": {
      const [first] = keys;
      const places = top === undefined ? undefined : resolveCount(names, top);
      if (first === undefined || (top !== undefined && places === undefined)) return undefined;
      const measures = { vector: options.get("similarity") === "dot" ? "dot" : "cosine", texts: "jaccard" } as const;
      return {
        ...base,
        verb: node.verb,
        similarity: {
          name: first.name,
          measure: first.type === "vector" || first.type === "texts" ? measures[first.type] : "equal",
        },
        ...(places === undefined ? {} : { top: places }),
        ...pages,
        weight: numberOf(options.get(node.verb === "mmr" ? "lambda" : "theta")),
      };
    }
    case "dedupe":
      return { ...base, verb: "dedupe", key: keys };
    case "cap": {
      const down = options.get("down");
      return {
        ...base,
        verb: "cap",
        most,
        key: keys,
        per,
        zone,
        ...optionalCondition,
        count: options.get("count") === "viewed" ? "viewed" : "served",
        down: typeof down === "number" ? { kind: "share", share: down } : { kind: "closed" },
      };
    }
    case "pace": {
      const [low = 0.1, high = 10] = numbersOf(options.get("bounds"));
      const [proportional = 2, integral = 2, derivative = 0.05] = numbersOf(options.get("gains"));
      const isMost = rule.clauses.has("at most");
      return {
        ...base,
        verb: "pace",
        bound: isMost ? "most" : "least",
        budget: isMost ? most : least,
        key: keys,
        per,
        zone,
        ...optionalCondition,
        curve: shares(options.get("target")),
        bounds: { low, high },
        gains: { proportional, integral, derivative },
      };
    }
  }
}

function clause<K extends ast.RuleClause["kind"]>(rule: CheckedRule, name: ClauseName, kind: K): Clause<K> | undefined {
  const found = rule.clauses.get(name);
  // The name decides the kind: see clauseName.
  return found?.kind === kind ? (found as Clause<K>) : undefined;
}

function count(node: ast.Expression | undefined): number {
  const constant = node === undefined ? undefined : constantOf(node);
  return constant?.kind === "value" ? constant.value : 0;
}

/** A stated number, or the formula that gives it. */
function resolveCount(names: FormulaNames, node: ast.Expression | undefined): RuleCount | undefined {
  if (node === undefined) return undefined;
  const constant = constantOf(node);
  return constant.kind === "value" ? constant.value : resolveFormula(names, node);
}

function numberOf(value: ArgumentValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

function shares(value: ArgumentValue | undefined): readonly number[] {
  const parts = numbersOf(value);
  if (parts.length === 0) return [1];
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

function resolveDuring(rule: CheckedRule): { readonly during?: TimeWindow } {
  const during = clause(rule, "during", "DuringClause");
  if (during?.from.kind !== "Date" || during.to.kind !== "Date") return {};
  const zone = zoneOf(rule.options);
  return {
    during: { from: secondsOfDate(during.from.text, zone), to: secondsOfDate(during.to.text, zone), zone },
  };
}

function resolvePriority(options: ReadonlyMap<string, ArgumentValue>): RulePriority {
  const priority = options.get("soft");
  if (typeof priority === "number") return { kind: "soft", priority };
  const otherwise = options.get("otherwise");
  return { kind: "hard", otherwise: otherwise === "relax" || otherwise === "refuse" ? otherwise : "shorten" };
}

function resolveAmount(names: FormulaNames, rule: CheckedRule): FormulaExpression | undefined {
  const by = clause(rule, "by", "ByClause");
  return by === undefined ? undefined : resolveFormula(names, by.amount);
}

function resolveEffect(names: FormulaNames, rule: CheckedRule): SuppressRule["effect"] | undefined {
  const amount = clause(rule, "by", "ByClause")?.amount;
  if (amount?.kind === "NameExpression" && !names.context.scope.names.has(amount.name.text))
    return { kind: amount.name.text === "last" ? "last" : "drop" };
  const by = resolveAmount(names, rule);
  return by === undefined ? undefined : { kind: "factor", by };
}

function resolveChoice(names: FormulaNames, { options, stated }: CheckedRule): ExploreRule["choice"] | undefined {
  const [successes, trials] = ["successes", "trials"].map((key) => {
    const node = stated.get(key);
    return node === undefined ? undefined : resolveFormula(names, node);
  });
  if (successes !== undefined && trials !== undefined) return { kind: "thompson", successes, trials };
  const epsilon = options.get("epsilon");
  return typeof epsilon === "number" ? { kind: "epsilon", epsilon } : { kind: "score" };
}
