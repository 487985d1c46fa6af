import { condition, dates, optional, type AmountClause } from "../clauses.js";
import { bounds, missing, zone } from "../options.js";
import { boundsText } from "../texts.js";
import { verb } from "../verb.js";

const factor = {
  kind: "amount",
  range: { kind: "number", min: 0, minOpen: true },
  words: [],
  expected: "above 0",
  help: "bound it: `max(…, 0.1)`",
} as const satisfies AmountClause;

export const boost = verb({
  summary: "Multiplies the score of candidates.",
  example: "boost name when condition by 1.5",
  clauses: { when: condition, by: factor, during: optional(dates) },
  options: { missing: missing("keep"), bounds, zone },
  productBounds: (options) => options.bounds,
  model: ({ base, clauses: { when, by }, options }) => ({ ...base, verb: "boost", when, unknown: options.missing, by }),
  text: ({ when, by, unknown }, write, { boostBounds }) => [
    `when ${write.formula(when)}`,
    `by ${write.formula(by)}`,
    `missing: ${unknown}`,
    `bounds: ${boundsText(boostBounds, write)}`,
  ],
});
