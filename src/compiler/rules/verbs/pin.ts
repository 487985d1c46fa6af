import { condition, dates, fixedCount, optional } from "../clauses.js";
import { pages, zone } from "../options.js";
import { pagesField, pagesText } from "../texts.js";
import { verb } from "../verb.js";

export const pin = verb({
  summary: "Puts a candidate at a place.",
  example: "pin name when condition at 1",
  clauses: { when: condition, at: fixedCount, during: optional(dates) },
  options: { pages, zone },
  model: ({ base, clauses: { when, at }, options }) => ({
    ...base,
    verb: "pin",
    when,
    place: at,
    ...pagesField(options),
  }),
  text: (rule, write) => [`when ${write.formula(rule.when)}`, `at ${write.number(rule.place)}`, ...pagesText(rule)],
});
