import type { ClauseName } from "../../../rules/index.js";
import type { RuleClause } from "../../../syntax/index.js";

/** What a clause is called in messages and in the rows of verbs; undefined for options. */
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
