import { condition, dates, optional, requestCount, valueKey } from "../clauses.js";
import { otherwise, priorityOf, soft, zone } from "../options.js";
import { priorityText, whenField, whenText } from "../texts.js";
import { verb } from "../verb.js";

export const spread = verb({
  summary: "Bounds how many items with one value are close together.",
  example: "spread name at most 1 of brand in 5",
  clauses: {
    "at most": requestCount,
    of: valueKey,
    in: requestCount,
    when: optional(condition),
    during: optional(dates),
  },
  options: { soft, otherwise, zone },
  model: ({ base, clauses, options }) => ({
    ...base,
    verb: "spread",
    most: clauses["at most"],
    key: clauses.of,
    window: clauses.in,
    ...whenField(clauses),
    priority: priorityOf(options),
  }),
  text: (rule, write) => [
    `at most ${write.count(rule.most)} of ${write.key(rule.key)} in ${write.count(rule.window)}`,
    ...whenText(rule, write),
    priorityText(rule.priority, write),
  ],
});
