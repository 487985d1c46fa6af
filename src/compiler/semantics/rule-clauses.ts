/** Which clauses may and must stand on a rule, by its verb, as data. */
import type { RuleClause, RuleVerb } from "../syntax/index.js";

export type ClauseName = "when" | "by" | "during" | "at most" | "at least" | "of" | "in" | "in top" | "per" | "at";

export interface VerbRule {
  readonly required: readonly ClauseName[];
  readonly optional: readonly ClauseName[];
  /** Keys of `key: value`. */
  readonly options: readonly string[];
}

export const verbRules: Readonly<Record<RuleVerb, VerbRule>> = {
  drop: { required: ["when"], optional: ["during"], options: ["missing"] },
  boost: { required: ["when", "by"], optional: ["during"], options: ["missing", "bounds"] },
  suppress: { required: ["when", "by"], optional: ["during"], options: ["missing"] },
  spread: {
    required: ["at most", "of", "in"],
    optional: ["when", "during"],
    options: ["soft", "otherwise"],
  },
  explore: { required: ["when", "at least", "in top"], optional: ["during"], options: ["epsilon", "method"] },
  pin: { required: ["when", "at"], optional: ["during"], options: [] },
  mmr: { required: [], optional: ["of", "in top"], options: ["lambda", "similarity"] },
  dpp: { required: [], optional: ["of", "in top"], options: ["theta", "similarity"] },
  dedupe: { required: ["of"], optional: [], options: [] },
  cap: {
    required: ["at most", "of", "per"],
    optional: ["when"],
    options: ["zone", "count", "down"],
  },
  pace: { required: ["of", "per"], optional: ["when", "at most", "at least"], options: ["zone", "target", "bounds"] },
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
export const perUnits = ["minute", "hour", "day", "week", "month"] as const;
