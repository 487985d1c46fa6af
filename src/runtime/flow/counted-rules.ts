import type { RuleSetModel } from "../../compiler/model/index.js";

/** Whether rules need a store of permits. */
export function isCounted(ruleSets: readonly RuleSetModel[]): boolean {
  return ruleSets.some(({ rules }) => rules.some(({ verb }) => verb === "cap" || verb === "pace"));
}

/**
 * Rules that count exposures when they are reported, as `set.rule`: caps of what was viewed, and paces where they are not told of lists.
 * @param count what caps of what was served, and paces, count
 */
export function exposedRules(ruleSets: readonly RuleSetModel[], count: "lists" | "exposures"): ReadonlySet<string> {
  const counts = (rule: RuleSetModel["rules"][number]): boolean =>
    (rule.verb === "cap" && rule.count === "viewed") || (rule.verb === "pace" && count === "exposures");
  return new Set(
    ruleSets.flatMap(({ name, rules }) => rules.flatMap((rule) => (counts(rule) ? [`${name}.${rule.name}`] : []))),
  );
}
