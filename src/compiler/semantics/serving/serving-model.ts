/** The serving stage of a model of which nothing was reported. */
import type { FeatureModel, HeadModel, Model, ServingInput, ServingModel } from "../../model/index.js";
import { visit } from "../../syntax/index.js";
import type * as ast from "../../syntax/index.js";
import { compareText } from "../../text/index.js";
import { typeOf, type CheckContext } from "../context.js";
import { isCandidateId, valueOfHead } from "../formulas/formula-scope.js";
import { formulaTypeOf, toRange } from "../formulas/typed-formula.js";
import { declared } from "../names/declared.js";
import { anyNumber, type Interval } from "../../functions/intervals.js";
import type { ValueType } from "../values/types.js";
import { chainFormula } from "./chain-formula.js";
import type { TypedServing } from "./infer-serving.js";

/**
 * What serving adds to the model; nothing when the spec does not speak of it. `models` are the heads of the network,
 * `external` the chains over signals.
 */
export function servingModel(
  context: CheckContext,
  typed: TypedServing,
  models: readonly HeadModel[],
  external: readonly HeadModel[],
): Pick<Model, "serving" | "tests"> {
  const { params, ruleSets, ranks, experiments, tests } = typed;
  if (!context.spec.declarations.some(({ kind }) => servingKinds.has(kind))) return {};
  const serving: ServingModel = {
    inputs: servingInputs(context, typed, models),
    params,
    fusions: [...external.map((chain) => chainFormula(typed.values.heads, chain)), ...typed.fusions],
    ruleSets,
    ranks,
    experiments,
  };
  return { serving, ...(tests.length === 0 ? {} : { tests }) };
}

const servingKinds: ReadonlySet<ast.Declaration["kind"]> = new Set<ast.Declaration["kind"]>([
  "Attributes",
  "Signals",
  "Request",
  "Params",
  "Fusion",
  "Rules",
  "Rank",
  "Experiment",
]);

function servingInputs(
  context: CheckContext,
  { values, policies }: TypedServing,
  models: readonly HeadModel[],
): readonly ServingInput[] {
  const inputs: ServingInput[] = [];
  const drop = { missing: { kind: "drop" }, outside: "drop" } as const;
  for (const head of models) {
    if (head.auxiliary) continue;
    const { name, doc, span } = head;
    const value = valueOfHead(values.heads, name);
    if (value.kind !== "number") continue;
    inputs.push({
      name,
      ...(doc === undefined ? {} : { doc }),
      origin: "head",
      ...describeInput(value),
      ...drop,
      span,
    });
  }
  for (const node of context.spec.declarations) {
    if (node.kind !== "Attributes" && node.kind !== "Signals" && node.kind !== "Request") continue;
    const isSignals = node.kind === "Signals";
    for (const entry of node.entries) {
      const { text } = entry.name;
      const type = isSignals
        ? (values.signals.get(text) ?? valueOfHead(values.heads, text))
        : values.attributes.get(text);
      const policy = policies.get(entry);
      if (type === undefined || policy === undefined || formulaTypeOf(type) === undefined) continue;
      const predicts = isSignals ? values.heads.get(text)?.type : undefined;
      inputs.push({
        ...declared(entry),
        origin: isSignals ? "signal" : node.kind === "Request" ? "request" : "attribute",
        ...describeInput(type),
        ...(predicts === undefined ? {} : { predicts }),
        ...policy,
      });
    }
  }
  return [...inputs, ...inputsRead(context, values.features)];
}

function describeInput(type: ValueType): Pick<ServingInput, "type" | "unit" | "range" | "width"> {
  const formulaType = formulaTypeOf(type) ?? "number";
  if (type.kind === "vector") return { type: formulaType, width: type.width };
  if (type.kind !== "number") return { type: formulaType };
  return {
    type: formulaType,
    ...(type.unit === undefined ? {} : { unit: type.unit }),
    ...(isBounded(type.range) ? { range: toRange(type.range) } : {}),
  };
}

function isBounded({ low, high }: Interval): boolean {
  return low !== anyNumber.low || high !== anyNumber.high;
}

/** Features and the identifier, where the serving stage reads them. */
function inputsRead(context: CheckContext, features: readonly FeatureModel[]): readonly ServingInput[] {
  const found = new Map<string, ServingInput>();
  for (const declaration of context.spec.declarations) {
    if (!["Fusion", "Rules", "Rank"].includes(declaration.kind)) continue;
    visit(declaration, (node) => {
      if (node.kind !== "NameExpression") return;
      const { text } = node.name;
      const symbol = context.references.get(node.name);
      const keep = { missing: { kind: "keep" }, outside: "drop" } as const;
      if (symbol?.kind === "feature") {
        const feature = features.find(({ name }) => name === text);
        const type = formulaTypeOf(typeOf(context, node));
        if (feature !== undefined && type !== undefined)
          found.set(text, { name: text, origin: "feature", type, ...keep, span: feature.span });
      } else if (symbol === undefined && isCandidateId(context, text) && !found.has(text))
        found.set(text, {
          name: text,
          origin: "id",
          type: "text",
          missing: { kind: "refuse" },
          outside: "refuse",
          span: node.span,
        });
    });
  }
  return [...found.values()].toSorted((a, b) => compareText(a.name, b.name));
}
