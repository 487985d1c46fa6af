/** What can be said of a rule without knowing its verb. */
import { compareText } from "../text/index.js";
import type { CapRule, PaceRule, RuleModel, RuleSetModel } from "./serving.js";

/** Rules of a set that compete: the one that is first is served first. */
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
    .sort((a, b) => compareText(a.what, b.what));
}

/** By what a rule has, so that a verb over mechanics that are there needs no row here. */
function competitions(rule: RuleModel): readonly string[] {
  if ("place" in rule) return ["pins"];
  if ("similarity" in rule) return ["variety"];
  if (!("priority" in rule)) return [];
  const what = "window" in rule ? "windows" : "quotas";
  const draws = "choice" in rule && rule.choice.kind !== "score" ? ["draws"] : [];
  if (rule.priority.kind === "soft") return [`${what} of soft ${rule.priority.priority}`, ...draws];
  // Hard windows that shorten or refuse hold all at once.
  return what === "quotas" || rule.priority.otherwise === "relax" ? [what, ...draws] : draws;
}

/** Whether a rule multiplies scores, so that their sign and scale matter. */
export function multipliesScore(rule: RuleModel): boolean {
  return "by" in rule || "gains" in rule || ("effect" in rule && rule.effect.kind === "factor");
}

/** Whether a rule counts exposures over requests: caps and paces. */
export function countsExposures(rule: RuleModel): rule is CapRule | PaceRule {
  return "per" in rule;
}

/** Names of the inputs that a rule reads other than by formulas: its key, or what it compares items by. */
export function inputsOfRule(rule: RuleModel): readonly string[] {
  if ("key" in rule) return rule.key.map(({ name }) => name);
  return "similarity" in rule ? [rule.similarity.name] : [];
}
