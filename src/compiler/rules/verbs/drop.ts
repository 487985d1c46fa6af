import { condition, dates, optional } from "../clauses.js";
import { missing, zone } from "../options.js";
import { verb } from "../verb.js";

export const drop = verb({
  summary: "Takes candidates out of the list.",
  example: "drop name when condition",
  clauses: { when: condition, during: optional(dates) },
  options: { missing: missing("apply"), zone },
  model: ({ base, clauses: { when }, options }) => ({ ...base, verb: "drop", when, unknown: options.missing }),
  text: ({ when, unknown }, write) => [`when ${write.formula(when)}`, `missing: ${unknown}`],
});
