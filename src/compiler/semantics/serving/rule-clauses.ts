/** Which clauses and options may and must stand on a rule, by its verb, as data. */
import { calendarUnits } from "../../model/index.js";
import type { RuleClause, RuleVerb } from "../../syntax/index.js";
import type { ArgumentSpec, ArgumentType } from "../arguments/arguments.js";

export type ClauseName = "when" | "by" | "during" | "at most" | "at least" | "of" | "in" | "in top" | "per" | "at";

export interface VerbRule {
  readonly required: readonly ClauseName[];
  readonly optional: readonly ClauseName[];
  /** `key: value`; all may be absent. */
  readonly options: readonly RuleOption[];
}

/** An option with its default, null where absence means something of its own. */
export type RuleOption = ArgumentSpec & { readonly default: NonNullable<ArgumentSpec["default"]> | null };

const choice = (...values: readonly string[]): ArgumentType => ({ kind: "choice", values });
const fraction: ArgumentType = { kind: "number", min: 0, max: 1 };
/** The calendar that dates and windows are read in. */
const zone: RuleOption = { name: "zone", type: { kind: "text" }, default: "UTC" };
/** What an unknown condition does: a rule that protects acts, all others keep the item as it is. */
const unknown = (otherwise: "apply" | "keep"): RuleOption => ({
  name: "missing",
  type: choice("keep", "apply"),
  default: otherwise,
});
const soft: RuleOption = { name: "soft", type: { kind: "number" }, default: null };
const otherwise: RuleOption = { name: "otherwise", type: choice("shorten", "relax", "refuse"), default: "shorten" };
const pages: RuleOption = { name: "pages", type: choice("all", "each"), default: "all" };
const bounds: RuleOption = { name: "bounds", type: { kind: "numbers" }, default: [0.1, 10] };
const expression: ArgumentType = { kind: "expression", expected: "a number" };

export const verbRules: Readonly<Record<RuleVerb, VerbRule>> = {
  drop: { required: ["when"], optional: ["during"], options: [unknown("apply"), zone] },
  boost: { required: ["when", "by"], optional: ["during"], options: [unknown("keep"), bounds, zone] },
  suppress: { required: ["when", "by"], optional: ["during"], options: [unknown("apply"), zone] },
  spread: { required: ["at most", "of", "in"], optional: ["when", "during"], options: [soft, otherwise, zone] },
  explore: {
    required: ["when", "at least", "in top"],
    optional: ["during"],
    options: [
      soft,
      otherwise,
      { name: "epsilon", type: fraction, default: null },
      { name: "successes", type: expression, default: null },
      { name: "trials", type: expression, default: null },
      pages,
      zone,
    ],
  },
  pin: { required: ["when", "at"], optional: ["during"], options: [pages, zone] },
  mmr: {
    required: ["of"],
    optional: ["in top"],
    options: [
      { name: "lambda", type: fraction, default: 0.7 },
      { name: "similarity", type: choice("cosine", "dot"), default: "cosine" },
      pages,
    ],
  },
  dpp: {
    required: ["of"],
    optional: ["in top"],
    options: [
      { name: "theta", type: { ...fraction, maxOpen: true }, default: 0.7 },
      { name: "similarity", type: choice("cosine", "dot"), default: "cosine" },
      pages,
    ],
  },
  dedupe: { required: ["of"], optional: [], options: [] },
  cap: {
    required: ["at most", "of", "per"],
    optional: ["when"],
    options: [
      zone,
      { name: "count", type: choice("served", "viewed"), default: "served" },
      {
        name: "down",
        type: { kind: "either", options: [choice("closed"), { kind: "number", min: 0, minOpen: true, max: 1 }] },
        default: "closed",
      },
    ],
  },
  pace: {
    required: ["of", "per"],
    optional: ["when", "at most", "at least"],
    options: [
      zone,
      { name: "target", type: { kind: "either", options: [choice("even"), { kind: "numbers" }] }, default: "even" },
      bounds,
      { name: "gains", type: { kind: "numbers" }, default: [2, 2, 0.05] },
    ],
  },
};

/** What a clause is called in messages and in {@link verbRules}; undefined for options. */
export function clauseName(clause: RuleClause): ClauseName | undefined {
  switch (clause.kind) {
    case "WhenClause":
      return "when";
    case "ByClause":
      return "by";
    case "DuringClause":
      return "during";
    case "BoundClause":
      return clause.bound === "most" ? "at most" : "at least";
    case "OfClause":
      return "of";
    case "WindowClause":
      return "in";
    case "TopClause":
      return "in top";
    case "PerClause":
      return "per";
    case "AtClause":
      return "at";
    case "OptionClause":
      return undefined;
  }
}

/** Calendar windows of caps. */
export const perUnits = calendarUnits;

/** A set may have at most this many rules. */
export const ruleLimit = 64;
