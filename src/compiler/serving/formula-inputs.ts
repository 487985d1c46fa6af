import { operandsOf } from "../model/formula.js";
import type { FormulaExpression, ServingModel } from "../model/index.js";
import type { RankPlan } from "../ranking/index.js";

/** Names of the inputs that a ranking reads: in its formulas, the formulas that these read, and its keys. */
export function inputsOf(serving: ServingModel, plan: RankPlan<FormulaExpression>): ReadonlySet<string> {
  const found = new Set(formulaInputs(serving, plan.formulas));
  for (const rule of plan.rules) {
    if ("key" in rule) rule.key.forEach((name) => found.add(name));
    if ("similarity" in rule) found.add(rule.similarity.name);
  }
  return found;
}

/** Names of the inputs that rules read of items on the pages before. */
export function inputsLookedBackOn(
  serving: ServingModel,
  { rules, formulas }: RankPlan<FormulaExpression>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const rule of rules) {
    if (rule.verb === "spread" || rule.verb === "dedupe") rule.key.forEach((name) => found.add(name));
    const condition = rule.verb === "spread" || rule.verb === "explore" ? rule.when : undefined;
    const formula = condition === undefined ? undefined : formulas[condition];
    if (formula !== undefined) formulaInputs(serving, [formula]).forEach((name) => found.add(name));
  }
  return found;
}

/** Names of the inputs that formulas read, those of the formulas that they read included. */
export function formulaInputs(serving: ServingModel, formulas: readonly FormulaExpression[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visited = new Set<string>();
  const walk = (node: FormulaExpression): void => {
    if (node.kind === "input") found.add(node.name);
    if (node.kind === "fusion" && !visited.has(node.name)) {
      visited.add(node.name);
      const value = serving.fusions.find(({ name }) => name === node.name)?.value;
      if (value !== undefined) walk(value);
    }
    operandsOf(node).forEach(walk);
  };
  formulas.forEach(walk);
  return found;
}

/** Whether a formula, or one that it reads, is a function of the whole list. */
export function seesList(serving: ServingModel, formula: FormulaExpression): boolean {
  if (formula.kind === "list") return true;
  const read = formula.kind === "fusion" ? serving.fusions.find(({ name }) => name === formula.name)?.value : undefined;
  return (read !== undefined && seesList(serving, read)) || operandsOf(formula).some((each) => seesList(serving, each));
}
