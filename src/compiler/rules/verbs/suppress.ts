import { condition, dates, optional, type AmountClause } from "../clauses.js";
import { missing, zone } from "../options.js";
import { verb } from "../verb.js";

const amount = {
  kind: "amount",
  range: { kind: "number", min: 0, max: 1, maxOpen: true },
  words: ["last", "drop"],
  expected: "in [0, 1)",
  help: "bound it: `clamp(…, 0, 0.9)`",
} as const satisfies AmountClause;

export const suppress = verb({
  summary: "Multiplies the score of candidates by less than 1, or puts them last.",
  example: "suppress name when condition by 0.1",
  clauses: { when: condition, by: amount, during: optional(dates) },
  options: { missing: missing("apply"), zone },
  model: ({ base, clauses: { when, by }, options }) => ({
    ...base,
    verb: "suppress",
    when,
    unknown: options.missing,
    effect: typeof by === "string" ? { kind: by } : { kind: "factor", by },
  }),
  text: ({ when, unknown, effect }, write) => [
    `when ${write.formula(when)}`,
    `by ${effect.kind === "factor" ? write.formula(effect.by) : effect.kind}`,
    `missing: ${unknown}`,
  ],
});
