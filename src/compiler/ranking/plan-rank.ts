import type { FormulaExpression, RankModel, RuleCount, RuleKey, RuleModel, ServingModel } from "../model/index.js";
import type { PlannedCount, PlannedKey, PlannedNumber, PlannedRule, RankPlan } from "./plan.js";
import { defaultBudget } from "./list/problem.js";

/** The plan of a ranking: its formulas in one table, its rule sets in one list. */
export function planRank(serving: ServingModel, rank: RankModel): RankPlan<FormulaExpression> {
  const formulas: FormulaExpression[] = [];
  const indexOf = (formula: FormulaExpression): number => {
    const found = formulas.indexOf(formula);
    return found >= 0 ? found : formulas.push(formula) - 1;
  };
  const sets = rank.rules.flatMap((name) => serving.ruleSets.filter((set) => set.name === name));
  const stages = rank.stages.map(({ top, by }) => ({ top, by: indexOf(by) }));
  const last = stages.at(-1);
  if (last === undefined) throw new Error(`ranking ${rank.name} has no stage`);
  return {
    name: rank.name,
    formulas,
    sources: rank.sources.map(({ name, top, by }) => ({
      name,
      ...(top === undefined ? {} : { top }),
      ...(by === undefined ? {} : { by: indexOf(by) }),
    })),
    stages: stages.slice(0, -1),
    top: last.top,
    score: last.by,
    ties: rank.ties.map(({ by, ascending }) => ({ by: indexOf(by), ascending })),
    rules: sets.flatMap((set, at) => set.rules.map((rule) => planRule(rule, `${set.name}.${rule.name}`, at, indexOf))),
    boostBounds: sets.map(({ boostBounds: { low, high } }) => [low, high]),
    budget: defaultBudget,
  };
}

function planRule(
  rule: RuleModel,
  name: string,
  set: number,
  indexOf: (formula: FormulaExpression) => number,
): PlannedRule {
  const { during } = rule;
  const numberOf = (by: FormulaExpression): PlannedNumber =>
    by.kind === "constant" && typeof by.value === "number" ? by.value : { formula: indexOf(by) };
  const countOf = (count: RuleCount): PlannedCount => (typeof count === "number" ? count : { formula: indexOf(count) });
  const base = (when: FormulaExpression | undefined, onUnknown: boolean) => ({
    name,
    onUnknown,
    ...(when === undefined ? {} : { when: indexOf(when) }),
    ...(during === undefined ? {} : { during: { from: during.from, to: during.to } }),
  });
  switch (rule.verb) {
    case "drop":
      return { verb: rule.verb, ...base(rule.when, rule.unknown === "apply") };
    case "boost":
      return { verb: rule.verb, ...base(rule.when, rule.unknown === "apply"), by: numberOf(rule.by), set };
    case "suppress": {
      const { effect } = rule;
      return {
        verb: rule.verb,
        ...base(rule.when, rule.unknown === "apply"),
        effect: effect.kind === "factor" ? { kind: effect.kind, by: numberOf(effect.by) } : effect,
      };
    }
    case "spread":
      return {
        verb: rule.verb,
        ...base(rule.when, false),
        key: keyNames(rule.key),
        most: countOf(rule.most),
        size: countOf(rule.window),
        priority: rule.priority,
      };
    case "explore": {
      const { choice } = rule;
      return {
        verb: rule.verb,
        ...base(rule.when, false),
        least: countOf(rule.least),
        top: countOf(rule.top),
        eachPage: rule.pages === "each",
        priority: rule.priority,
        draw:
          choice.kind === "score"
            ? { kind: "best" }
            : choice.kind === "epsilon"
              ? choice
              : { kind: choice.kind, successes: indexOf(choice.successes), trials: indexOf(choice.trials) },
      };
    }
    case "pin":
      return { verb: rule.verb, ...base(rule.when, false), position: rule.place, eachPage: rule.pages === "each" };
    case "mmr":
    case "dpp":
      return {
        verb: rule.verb,
        ...base(undefined, false),
        weight: rule.weight,
        similarity: rule.similarity,
        ...(rule.top === undefined ? {} : { top: countOf(rule.top) }),
        eachPage: rule.pages === "each",
      };
    case "dedupe":
      return { verb: rule.verb, ...base(undefined, false), key: keyNames(rule.key) };
    case "cap":
    case "pace":
      // What is not known to be free of the limit counts.
      return { verb: rule.verb, ...base(rule.when, true), key: keyNames(rule.key) };
  }
}

const keyNames = (key: RuleKey): PlannedKey => key.map(({ name }) => name);
