/**
 * The serving stage of the model: inputs, parameters, formulas, rules, rankings and tests of a spec whose checks have run.
 * Reports only what shows when everything is resolved: formulas over the limits, factors on scores that may be negative.
 */
import type {
  ExperimentModel,
  FeatureModel,
  FormulaExpression,
  FormulaRange,
  FusionModel,
  HeadExpression,
  HeadModel,
  Model,
  ParamModel,
  RankModel,
  RankSource,
  RankStage,
  TieKey,
  RuleSetModel,
  ServingInput,
  ServingModel,
} from "../../model/index.js";
import { visit, type Name } from "../../syntax/index.js";
import type * as ast from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import type { InputPolicies } from "./check-policies.js";
import type { CheckedRule } from "./check-rules.js";
import { constantOf } from "../arguments/constants.js";
import { typeOf, type CheckContext } from "../context.js";
import { isCandidateId, valueOfHead, type FormulaValues } from "../formulas/formula-scope.js";
import { anyNumber, showInterval, type Interval } from "../values/intervals.js";
import {
  formulaTypeOf,
  numberConstant,
  resolveFormula,
  toRange,
  type FormulaNames,
} from "../formulas/resolve-formula.js";
import { resolveRules } from "./resolve-rules.js";
import { resolveTest } from "./resolve-test.js";
import type { ValueType } from "../values/types.js";

/** What the checks of the serving stage hand to its model. */
export interface CheckedServing {
  readonly values: FormulaValues;
  readonly models: readonly HeadModel[];
  readonly external: readonly HeadModel[];
  readonly rules: ReadonlyMap<ast.RulesBlock, readonly CheckedRule[]>;
  readonly experiments: readonly ExperimentModel[];
  readonly policies: ReadonlyMap<ast.TypedEntry, InputPolicies>;
  /** Formulas, each after the ones it reads. */
  readonly fusionOrder: readonly ast.FusionDeclaration[];
}

/** What serving adds to the model; nothing when the spec does not speak of it. */
export function resolveServing(context: CheckContext, checked: CheckedServing): Pick<Model, "serving" | "tests"> {
  const { declarations } = context.spec;
  const speaks = declarations.some(({ kind }) => servingKinds.has(kind));
  if (!speaks) return {};
  const names: FormulaNames = { context, externalChains: new Set(checked.external.map(({ name }) => name)) };
  const fusions = [
    ...checked.external.map(chainFormula(names, checked.values)),
    ...checked.fusionOrder.flatMap((node): readonly FusionModel[] => {
      const value = resolveFormula(names, node.value);
      const type = typeOf(context, node);
      const unit = type.kind === "number" ? type.unit : undefined;
      return value === undefined ? [] : [{ ...declared(node), value, ...(unit === undefined ? {} : { unit }) }];
    }),
  ];
  const ruleSets = [...checked.rules].flatMap(([block, rules]) => resolveRules(names, block, rules) ?? []);
  const ranks = declarations.flatMap((node) => (node.kind === "Rank" ? (resolveRank(names, node) ?? []) : []));
  for (const rank of ranks) checkFactors(context, rank, ruleSets);
  const tests = declarations.flatMap((node) => (node.kind === "Test" ? [resolveTest(names, node)] : []));
  const serving: ServingModel = {
    inputs: resolveInputs(context, checked),
    params: declarations.flatMap((node) => (node.kind === "Params" ? node.entries.flatMap(paramModel(context)) : [])),
    fusions,
    ruleSets,
    ranks,
    experiments: checked.experiments,
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

/** Name, doc comment and place of a declaration. */
function declared(node: { readonly name: Name; readonly doc?: string; readonly span: Span }): {
  readonly name: string;
  readonly doc?: string;
  readonly span: Span;
} {
  return { name: node.name.text, ...(node.doc === undefined ? {} : { doc: node.doc }), span: node.span };
}

// ------------------------------------------------------------------------------------------------------------ inputs

function resolveInputs(context: CheckContext, { values, models, policies }: CheckedServing): readonly ServingInput[] {
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
  return [...inputs, ...resolveRead(context, values.features)];
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
function resolveRead(context: CheckContext, features: readonly FeatureModel[]): readonly ServingInput[] {
  const found = new Map<string, ServingInput>();
  for (const declaration of context.spec.declarations) {
    if (!["Fusion", "Rules", "Rank", "Test"].includes(declaration.kind)) continue;
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
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function paramModel(context: CheckContext): (entry: ast.ParamEntry) => readonly ParamModel[] {
  return (entry) => {
    const constant = constantOf(entry.value);
    const type = typeOf(context, entry);
    if (constant.kind !== "value" || type.kind !== "number") return [];
    return [{ ...declared(entry), value: constant.value, range: toRange(type.range) }];
  };
}

// ---------------------------------------------------------------------------------------------------------- formulas

/** A chain over signals as a formula; a quotient is guarded, and stays a probability. */
function chainFormula({ externalChains }: FormulaNames, { heads }: FormulaValues): (chain: HeadModel) => FusionModel {
  return ({ name, doc, value, span }) => {
    const numbers = (low: number): FormulaExpression => numberConstant(low, span);
    const range = headRange(heads, name);
    const build = (node: HeadExpression): FormulaExpression => {
      switch (node.kind) {
        case "head":
          return externalChains.has(node.name)
            ? { kind: "fusion", type: "number", name: node.name, range: headRange(heads, node.name), span }
            : { kind: "input", type: "number", name: node.name, range: headRange(heads, node.name), span };
        case "product": {
          const [first = numbers(1), ...rest] = node.factors.map(build);
          return rest.reduce(
            (left, right) => ({ kind: "arithmetic", type: "number", operator: "*", left, right, range, span }),
            first,
          );
        }
        case "quotient":
          return {
            kind: "call",
            type: "number",
            function: "min",
            arguments: [
              numbers(1),
              {
                kind: "arithmetic",
                type: "number",
                operator: "/",
                left: build(node.numerator),
                right: {
                  kind: "call",
                  type: "number",
                  function: "max",
                  arguments: [build(node.denominator), numbers(smallestDivisor)],
                  range: { low: smallestDivisor, high: 1 },
                  span,
                },
                range: { low: 0, high: 1 / smallestDivisor },
                span,
              },
            ],
            range: { low: 0, high: 1 },
            span,
          };
        case "complement":
          return {
            kind: "arithmetic",
            type: "number",
            operator: "-",
            left: numbers(1),
            right: build(node.operand),
            range: { low: 0, high: 1 },
            span,
          };
        case "activation":
          throw new Error(`the chain ${name} over signals has an activation`);
      }
    };
    return { name, ...(doc === undefined ? {} : { doc }), value: build(value), chain: true, span };
  };
}

function headRange(heads: FormulaValues["heads"], name: string): FormulaRange {
  const value = valueOfHead(heads, name);
  return value.kind === "number" ? toRange(value.range) : {};
}

/** What a chain's divisor is kept above. */
const smallestDivisor = 1e-9;

// ---------------------------------------------------------------------------------------------------------- rankings

function resolveRank(names: FormulaNames, node: ast.RankDeclaration): RankModel | undefined {
  const sources = node.sources.map((source): RankSource => {
    const top = source.count === undefined ? undefined : countOf(source.count);
    const by = source.by === undefined ? undefined : resolveFormula(names, source.by);
    return {
      name: source.name.text,
      ...(top === undefined ? {} : { top }),
      ...(by === undefined ? {} : { by }),
      span: source.span,
    };
  });
  const stages = node.stages.flatMap((stage): readonly RankStage[] => {
    const top = countOf(stage.count);
    const by = resolveFormula(names, stage.by);
    return top === undefined || by === undefined ? [] : [{ top, by, span: stage.span }];
  });
  const ties = node.ties.flatMap((key): readonly TieKey[] => {
    const by = resolveFormula(names, key.by);
    return by === undefined ? [] : [{ by, ascending: key.ascending, span: key.span }];
  });
  if (stages.length !== node.stages.length) return undefined;
  return { ...declared(node), sources, stages, rules: node.rules.map(({ text }) => text), ties };
}

function countOf(node: ast.Expression): number | undefined {
  const constant = constantOf(node);
  return constant.kind === "value" ? constant.value : undefined;
}

/** A factor above 1 lifts a score only if that is not negative. */
function checkFactors(context: CheckContext, rank: RankModel, sets: readonly RuleSetModel[]): void {
  const range = rank.stages.at(-1)?.by.range;
  if (range?.low !== undefined && range.low >= 0) return;
  const shown = showInterval({ low: range?.low ?? -Infinity, high: range?.high ?? Infinity });
  for (const set of sets) {
    if (!rank.rules.includes(set.name)) continue;
    const rule = set.rules.find(
      ({ verb, ...each }) =>
        verb === "boost" ||
        verb === "pace" ||
        (verb === "suppress" && "effect" in each && each.effect.kind === "factor"),
    );
    if (rule === undefined) continue;
    context.reporter.report("MTL5045", { verb: rule.verb, rule: rule.name, range: shown }, rule.span, {
      labels: [{ span: rank.stages.at(-1)?.by.span ?? rank.span, message: shown }],
      help: "rank by a score that is never negative: `exp(…)`, `sigmoid(…)` or `max(…, 0)`",
    });
  }
}
