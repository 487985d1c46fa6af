import { ruleVerbs, type RuleWriter } from "../rules/index.js";
import type { RuleModel, RuleSetModel } from "../model/index.js";
import { dateText, formulaText, namesText } from "./formula-text.js";
import { numberText } from "./value-text.js";
import { quote } from "../text/index.js";

/** A rule as the spec says it, every option written out: `boost sale when … by 1.5 missing: keep`. */
export function ruleText(rule: RuleModel, set: Pick<RuleSetModel, "boostBounds">): string {
  return `${rule.verb} ${rule.name} ${ruleClauses(rule, set).join(" ")}`;
}

/** What a rule says after its name, each clause and option by itself: `when …`, `by 1.5`, `missing: keep`. */
export function ruleClauses(rule: RuleModel, set: Pick<RuleSetModel, "boostBounds">): readonly string[] {
  return [...(ruleVerbs[rule.verb].text?.(rule, writer, set) ?? []), ...duringOf(rule)];
}

const writer: RuleWriter = {
  formula: formulaText,
  number: numberText,
  count: (count) => (typeof count === "number" ? numberText(count) : formulaText(count)),
  key: (key) => namesText(key.map(({ name }) => name)),
  quoted: quote,
};

function duringOf({ during }: RuleModel): readonly string[] {
  if (during === undefined) return [];
  const date = (seconds: number): string => {
    const text = dateText(seconds);
    // A day begins at another instant in another zone.
    return during.zone === "UTC" || text.length > 10 ? text : `${text}T00:00:00Z`;
  };
  return [`during ${date(during.from)} .. ${date(during.to)}`, `zone: ${quote(during.zone)}`];
}
