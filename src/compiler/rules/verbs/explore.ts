import type { ExploreRule } from "../../model/index.js";
import { condition, dates, optional, requestCount } from "../clauses.js";
import { fraction, numberFormula, otherwise, pages, priorityOf, soft, zone } from "../options.js";
import { pagesField, pagesText, priorityText } from "../texts.js";
import { verb, type RuleWriter } from "../verb.js";

export const explore = verb({
  summary: "Gives candidates a number of places at the top.",
  example: "explore name when condition at least 2 in top 20",
  clauses: { when: condition, "at least": requestCount, "in top": requestCount, during: optional(dates) },
  options: {
    soft,
    otherwise,
    epsilon: fraction(null),
    successes: numberFormula,
    trials: numberFormula,
    pages,
    zone,
  },
  // A draw needs both numbers of the class: how often, and out of how many.
  together: ["successes", "trials"],
  model: ({ base, clauses, options }): ExploreRule => {
    const { successes, trials, epsilon } = options;
    return {
      ...base,
      verb: "explore",
      when: clauses.when,
      least: clauses["at least"],
      top: clauses["in top"],
      ...pagesField(options),
      priority: priorityOf(options),
      choice:
        successes !== undefined && trials !== undefined
          ? { kind: "thompson", successes, trials }
          : epsilon === null
            ? { kind: "score" }
            : { kind: "epsilon", epsilon },
    };
  },
  text: (rule, write) => [
    `when ${write.formula(rule.when)}`,
    `at least ${write.count(rule.least)} in top ${write.count(rule.top)}`,
    priorityText(rule.priority, write),
    ...choiceText(rule.choice, write),
    ...pagesText(rule),
  ],
});

function choiceText(choice: ExploreRule["choice"], { formula, number }: RuleWriter): readonly string[] {
  switch (choice.kind) {
    case "score":
      return [];
    case "epsilon":
      return [`epsilon: ${number(choice.epsilon)}`];
    case "thompson":
      return [`successes: ${formula(choice.successes)}`, `trials: ${formula(choice.trials)}`];
  }
}
