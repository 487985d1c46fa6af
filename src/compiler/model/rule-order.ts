import type { RuleModel, RuleSetModel } from "./serving.js";

/** Rules of a set that compete: the one that stands first is served first. */
export interface RuleOrder {
  /** What they compete for; unique in the set. */
  readonly what: string;
  /** Their names, in the order of the text; at least two. */
  readonly rules: readonly string[];
}

/**
 * Where the order of rules decides the list. All else works by stages, whatever the order of the text: windows that relax and
 * quotas are kept one after the other, a pin takes the best item and the place that pins before it left, members are drawn
 * from what draws before left of the order, and of rules for variety the first one works.
 */
export function ruleOrders({ rules }: Pick<RuleSetModel, "rules">): readonly RuleOrder[] {
  const groups = new Map<string, string[]>();
  for (const rule of rules)
    for (const what of competitions(rule)) groups.set(what, [...(groups.get(what) ?? []), rule.name]);
  return [...groups]
    .filter(([, names]) => names.length > 1)
    .map(([what, names]) => ({ what, rules: names }))
    .sort((a, b) => (a.what < b.what ? -1 : 1));
}

function competitions(rule: RuleModel): readonly string[] {
  switch (rule.verb) {
    case "spread":
    case "explore": {
      const what = rule.verb === "spread" ? "windows" : "quotas";
      const draws = rule.verb === "explore" && rule.choice.kind !== "score" ? ["draws"] : [];
      if (rule.priority.kind === "soft") return [`${what} of soft ${rule.priority.priority}`, ...draws];
      // Hard windows that shorten or refuse hold all at once.
      return rule.verb === "explore" || rule.priority.otherwise === "relax" ? [what, ...draws] : draws;
    }
    case "pin":
      return ["pins"];
    case "mmr":
    case "dpp":
      return ["variety"];
    case "drop":
    case "boost":
    case "suppress":
    case "dedupe":
    case "cap":
    case "pace":
      return [];
  }
}
