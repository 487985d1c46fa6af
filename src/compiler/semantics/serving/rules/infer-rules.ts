import type { RuleSetModel } from "../../../model/index.js";
import { defaultBounds, ruleVerbs } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import type { CheckContext } from "../../context.js";
import type { FormulaScope } from "../../formulas/typed-formula.js";
import { declared } from "../../names/declared.js";
import { inferRule, type TypedRule } from "./infer-rule.js";

/** A set may have at most this many rules. */
const ruleLimit = 64;

/** A `rules` block: names once each, and each rule by its verb. Undefined when something is wrong with one of them. */
export function inferRules(
  context: CheckContext,
  block: ast.RulesBlock,
  scope: FormulaScope,
): RuleSetModel | undefined {
  const names = new Map<string, ast.Name>();
  const rules: TypedRule[] = [];
  for (const rule of block.rules) {
    if (rule.kind === "MissingRule") continue;
    const { text, span } = rule.name;
    const first = names.get(text);
    if (first !== undefined)
      context.reporter.report("MTL2002", { name: text, kind: "a rule", first: "a rule" }, span, {
        labels: [{ span: first.span, message: "declared here first" }],
        help: "give one of them another name",
      });
    else if (text !== "") names.set(text, rule.name);
    rules.push(inferRule(scope, rule));
  }
  if (rules.length > ruleLimit)
    context.reporter.report("MTL5044", { rules: rules.length, most: ruleLimit }, block.name.span, {
      help: "divide them into sets, and name those in the ranking: `… with first, second`",
    });
  const bounds = productBounds(context, rules);
  const valid = rules.flatMap(({ value }) => value ?? []);
  if (valid.length !== rules.length) return undefined;
  const { span, ...named } = declared(block);
  return { ...named, rules: valid, boostBounds: bounds ?? defaultBounds, span };
}

/** The one pair of bounds for the product of all boosts; undefined where no rule states it. */
function productBounds(
  { reporter }: CheckContext,
  rules: readonly TypedRule[],
): RuleSetModel["boostBounds"] | undefined {
  const stating = rules.flatMap(({ node, options }) => {
    const bounds = ruleVerbs[node.verb].productBounds?.(options.values);
    const at = options.stated.get("bounds");
    return bounds === undefined || at === undefined ? [] : [{ node, bounds, at }];
  });
  const [first] = stating;
  for (const { node, bounds, at } of stating)
    if (first !== undefined && (bounds.low !== first.bounds.low || bounds.high !== first.bounds.high))
      reporter.report("MTL5042", { rule: node.name.text }, at.span, {
        labels: [{ span: first.at.span, message: "stated here first" }],
        help: "state them on one boost",
      });
  return first?.bounds;
}
