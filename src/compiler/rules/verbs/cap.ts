import type { CapRule } from "../../model/index.js";
import { calendarUnit, condition, fixedCount, optional, valueKey } from "../clauses.js";
import { choice, zone, type ValueOption } from "../options.js";
import { whenField, whenText } from "../texts.js";
import { verb } from "../verb.js";

/** While the store cannot be reached: nothing, or a share of what remained. */
const down: ValueOption<CapRule["down"]> = {
  type: {
    kind: "oneOf",
    options: [
      { kind: "choice", values: ["closed"] },
      { kind: "number", min: 0, minOpen: true, max: 1 },
    ],
  },
  default: "closed",
  read: (value) => ({ value: typeof value === "number" ? { kind: "share", share: value } : { kind: "closed" } }),
};

export const cap = verb({
  summary: "Bounds how often a value is shown in a calendar window, over all lists.",
  example: "cap name at most 1_000_000 of item_id per day",
  clauses: { "at most": fixedCount, of: valueKey, per: calendarUnit, when: optional(condition) },
  options: { zone, count: choice(["served", "viewed"], "served"), down },
  model: ({ base, clauses, options }) => ({
    ...base,
    verb: "cap",
    most: clauses["at most"],
    key: clauses.of,
    per: clauses.per,
    zone: options.zone,
    ...whenField(clauses),
    count: options.count,
    down: options.down,
  }),
  text: (rule, write) => [
    `at most ${write.number(rule.most)} of ${write.key(rule.key)} per ${rule.per}`,
    ...whenText(rule, write),
    `zone: ${write.quoted(rule.zone)}`,
    `count: ${rule.count}`,
    `down: ${rule.down.kind === "closed" ? "closed" : write.number(rule.down.share)}`,
  ],
});
