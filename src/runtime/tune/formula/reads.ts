/** What a formula reads, through the formulas that it names. */
import {
  inputsOfRule,
  type FormulaExpression,
  type RankModel,
  type ServingModel,
} from "../../../compiler/model/index.js";
import { visitFormula } from "./index-form.js";

export interface FormulaReads {
  readonly inputs: ReadonlySet<string>;
  readonly params: ReadonlySet<string>;
  /** Whether a value depends on the other candidates of the request, or on its time. */
  readonly byRequest: boolean;
  /** Whether a value depends on the time of the request. */
  readonly clock: boolean;
}

export function readsOf(formulas: readonly FormulaExpression[], serving: ServingModel): FormulaReads {
  const fusions = new Map(serving.fusions.map(({ name, value }) => [name, value]));
  const inputs = new Set<string>();
  const params = new Set<string>();
  let byRequest = false;
  let clock = false;
  const seen = new Set<string>();
  const visit = (node: FormulaExpression): void => {
    if (node.kind === "input") inputs.add(node.name);
    if (node.kind === "param") params.add(node.name);
    if (node.kind === "call" && node.function === "age") clock = true;
    if (node.kind === "list") byRequest = true;
    if (node.kind === "fusion" && !seen.has(node.name)) {
      seen.add(node.name);
      const value = fusions.get(node.name);
      if (value !== undefined) visitFormula(value, visit);
    }
  };
  for (const formula of formulas) visitFormula(formula, visit);
  return { inputs, params, byRequest: byRequest || clock, clock };
}

/** Inputs that the rules of a ranking read other than by formulas: keys and similarities. */
export function keysOf(serving: ServingModel, rank: RankModel): readonly string[] {
  const rules = rank.rules.flatMap((name) => serving.ruleSets.find((set) => set.name === name)?.rules ?? []);
  return rules.flatMap(inputsOfRule);
}
