/** The serving stage of a spec in one typed pass: inputs, parameters, formulas, rules, rankings, experiments and tests. */
import type {
  ExperimentModel,
  FusionModel,
  ParamModel,
  RankModel,
  RuleSetModel,
  TestModel,
} from "../../model/index.js";
import type { TypedEntry } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { createFormulaScope, valueOfHead, type FormulaValues } from "../formulas/formula-scope.js";
import { inferFusions } from "../formulas/infer-fusions.js";
import type { Blocks } from "../names/blocks.js";
import { errorType } from "../values/types.js";
import { inferAttributes, inferParams, inferSignalValues } from "./infer-attributes.js";
import { checkExperimentOverlap, inferExperiment } from "./infer-experiment.js";
import { checkPolicies, type InputPolicies } from "./check-policies.js";
import { inferRank } from "./infer-rank.js";
import { inferTest } from "./infer-test.js";
import { inferRules } from "./rules/infer-rules.js";

/** What is found out about the serving stage; what something is wrong with is left out. */
export interface TypedServing {
  /** What formulas may read. */
  readonly values: FormulaValues;
  readonly params: readonly ParamModel[];
  /** Each after the ones it reads. */
  readonly fusions: readonly FusionModel[];
  readonly ruleSets: readonly RuleSetModel[];
  readonly ranks: readonly RankModel[];
  readonly experiments: readonly ExperimentModel[];
  readonly tests: readonly TestModel[];
  /** What missing values and those outside their range mean, by the entry that declares them. */
  readonly policies: ReadonlyMap<TypedEntry, InputPolicies>;
}

/** Checks what a spec says of serving and types it; `known` is what the rest of the spec gives it to read. */
export function inferServing(
  context: CheckContext,
  blocks: Blocks,
  known: Pick<FormulaValues, "heads" | "features">,
): TypedServing {
  const params = inferParams(context, blocks.Params);
  const inputs = {
    ...known,
    signals: inferSignalValues(context, blocks.Signals),
    attributes: inferAttributes(context, blocks.Attributes, blocks.Request),
    params: params.types,
  };
  const fusions = inferFusions(context, inputs);
  const values: FormulaValues = { ...inputs, fusions: fusions.types };
  const scope = createFormulaScope(context, values);
  const { declarations } = context.spec;
  const ruleSets = declarations.flatMap((node) =>
    node.kind === "Rules" ? (inferRules(context, node, scope) ?? []) : [],
  );
  const setsByName = new Map(ruleSets.map((set) => [set.name, set]));
  const ranks = declarations.flatMap((node) =>
    node.kind === "Rank" ? (inferRank(context, node, scope, setsByName) ?? []) : [],
  );
  const experiments = declarations.flatMap((node) =>
    node.kind === "Experiment" ? (inferExperiment(context, node, params.types) ?? []) : [],
  );
  checkExperimentOverlap(context, experiments);
  const tests = declarations.flatMap((node) => (node.kind === "Test" ? [inferTest(context, node, values)] : []));
  return {
    values,
    params: params.models,
    fusions: fusions.models,
    ruleSets,
    ranks,
    experiments,
    tests,
    policies: checkAllPolicies(context, values),
  };
}

function checkAllPolicies(context: CheckContext, values: FormulaValues): ReadonlyMap<TypedEntry, InputPolicies> {
  const policies = new Map<TypedEntry, InputPolicies>();
  for (const node of context.spec.declarations) {
    if (node.kind !== "Attributes" && node.kind !== "Signals" && node.kind !== "Request") continue;
    for (const entry of node.entries) {
      const { text } = entry.name;
      const type =
        node.kind === "Signals"
          ? (values.signals.get(text) ?? valueOfHead(values.heads, text))
          : values.attributes.get(text);
      policies.set(entry, checkPolicies(context, entry, type ?? errorType, node.kind === "Request"));
    }
  }
  return policies;
}
