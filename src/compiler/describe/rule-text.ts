import type { RuleCount, RuleModel, RulePriority, RuleSetModel } from "../model/index.js";
import { dateText, formulaText, namesText } from "./formula-text.js";
import { numberText, quoted } from "./value-text.js";

/** A rule as the spec says it, every option written out: `boost sale when … by 1.5 missing: keep`. */
export function ruleText(rule: RuleModel, set: Pick<RuleSetModel, "boostBounds">): string {
  return `${rule.verb} ${rule.name} ${ruleClauses(rule, set).join(" ")}`;
}

/** What a rule says after its name, each clause and option by itself: `when …`, `by 1.5`, `missing: keep`. */
export function ruleClauses(rule: RuleModel, set: Pick<RuleSetModel, "boostBounds">): readonly string[] {
  return [...clausesOf(rule, set), ...duringOf(rule)].filter((clause) => clause !== "");
}

function clausesOf(rule: RuleModel, { boostBounds }: Pick<RuleSetModel, "boostBounds">): readonly string[] {
  switch (rule.verb) {
    case "drop":
      return [`when ${formulaText(rule.when)}`, `missing: ${rule.unknown}`];
    case "boost":
      return [
        `when ${formulaText(rule.when)}`,
        `by ${formulaText(rule.by)}`,
        `missing: ${rule.unknown}`,
        `bounds: ${boundsText(boostBounds)}`,
      ];
    case "suppress": {
      const { effect } = rule;
      const by = effect.kind === "factor" ? formulaText(effect.by) : effect.kind;
      return [`when ${formulaText(rule.when)}`, `by ${by}`, `missing: ${rule.unknown}`];
    }
    case "spread":
      return [
        `at most ${countText(rule.most)} of ${keyText(rule.key)} in ${countText(rule.window)}`,
        rule.when === undefined ? "" : `when ${formulaText(rule.when)}`,
        priorityText(rule.priority),
      ];
    case "explore":
      return [
        `when ${formulaText(rule.when)}`,
        `at least ${countText(rule.least)} in top ${countText(rule.top)}`,
        priorityText(rule.priority),
        ...choiceOptions(rule.choice),
        pagesText(rule),
      ];
    case "pin":
      return [`when ${formulaText(rule.when)}`, `at ${numberText(rule.place)}`, pagesText(rule)];
    case "mmr":
    case "dpp": {
      const { name, measure } = rule.similarity;
      return [
        `of ${name}`,
        rule.top === undefined ? "" : `in top ${countText(rule.top)}`,
        `${rule.verb === "mmr" ? "lambda" : "theta"}: ${numberText(rule.weight)}`,
        // Texts are compared in one way alone.
        measure === "cosine" || measure === "dot" ? `similarity: ${measure}` : "",
        pagesText(rule),
      ];
    }
    case "dedupe":
      return [`of ${keyText(rule.key)}`];
    case "cap":
      return [
        `at most ${numberText(rule.most)} of ${keyText(rule.key)} per ${rule.per}`,
        rule.when === undefined ? "" : `when ${formulaText(rule.when)}`,
        `zone: ${quoted(rule.zone)}`,
        `count: ${rule.count}`,
        `down: ${rule.down.kind === "closed" ? "closed" : numberText(rule.down.share)}`,
      ];
    case "pace": {
      const { proportional, integral, derivative } = rule.gains;
      return [
        `at ${rule.bound} ${numberText(rule.budget)} of ${keyText(rule.key)} per ${rule.per}`,
        rule.when === undefined ? "" : `when ${formulaText(rule.when)}`,
        `zone: ${quoted(rule.zone)}`,
        `target: ${rule.curve.length === 1 ? "even" : `[${rule.curve.map(numberText).join(", ")}]`}`,
        `bounds: ${boundsText(rule.bounds)}`,
        `gains: [${[proportional, integral, derivative].map(numberText).join(", ")}]`,
      ];
    }
  }
}

function duringOf({ during }: RuleModel): readonly string[] {
  if (during === undefined) return [];
  const date = (seconds: number): string => {
    const text = dateText(seconds);
    // A day begins at another instant in another zone.
    return during.zone === "UTC" || text.length > 10 ? text : `${text}T00:00:00Z`;
  };
  return [`during ${date(during.from)} .. ${date(during.to)}`, `zone: ${quoted(during.zone)}`];
}

function keyText(key: readonly { readonly name: string }[]): string {
  return namesText(key.map(({ name }) => name));
}

function priorityText(priority: RulePriority): string {
  return priority.kind === "soft" ? `soft: ${numberText(priority.priority)}` : `otherwise: ${priority.otherwise}`;
}

function countText(count: RuleCount): string {
  return typeof count === "number" ? numberText(count) : formulaText(count);
}

function pagesText({ pages }: { readonly pages?: "each" }): string {
  return pages === undefined ? "" : `pages: ${pages}`;
}

function choiceOptions(choice: Extract<RuleModel, { verb: "explore" }>["choice"]): readonly string[] {
  switch (choice.kind) {
    case "score":
      return [];
    case "epsilon":
      return [`epsilon: ${numberText(choice.epsilon)}`];
    case "thompson":
      return [`successes: ${formulaText(choice.successes)}`, `trials: ${formulaText(choice.trials)}`];
  }
}

function boundsText({ low, high }: { readonly low: number; readonly high: number }): string {
  return `[${numberText(low)}, ${numberText(high)}]`;
}
