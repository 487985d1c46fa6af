import type { FeatureModel, FormulaLeaf, HeadType } from "../../model/index.js";
import type { Name, NameExpression, Node } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { errorFormula, formulaTypeOf, rangeField, typed, type FormulaScope } from "./typed-formula.js";
import { reportClasses, resolveClass } from "../heads/head-classes.js";
import { isExternalChain, type Heads } from "../heads/heads.js";
import { anyNumber, nonNegative, unitInterval, type Interval } from "../../functions/intervals.js";
import { resolveName } from "../names/resolve.js";
import type { SymbolOf } from "../names/symbols.js";
import { featureKinds } from "../data/feature-types.js";
import { noteServed } from "../serving/served.js";
import { errorType, type ValueType } from "../values/types.js";

/** What formulas may read, by name. */
export interface FormulaValues {
  readonly heads: Heads;
  readonly features: readonly FeatureModel[];
  readonly signals: ReadonlyMap<string, ValueType>;
  readonly attributes: ReadonlyMap<string, ValueType>;
  readonly params: ReadonlyMap<string, ValueType>;
  /** Filled as the formulas are checked, each after the ones it reads. */
  readonly fusions: ReadonlyMap<string, ValueType>;
}

const kinds = ["task", "chain", "signal", "param", "attribute", "request", "fusion", "feature"] as const;

/** The names of a formula: heads, signals, parameters, attributes, other formulas, and raw features. */
export function createFormulaScope(context: CheckContext, values: FormulaValues): FormulaScope {
  return {
    context,
    name: (node) => {
      const type = typeOfName(context, values, node.name);
      return typed(type, leafOf(context, values, node, type));
    },
    member: (node) => {
      const name = resolveClass(context, node, values.heads);
      if (name === undefined) return errorFormula;
      const { symbol } = values.heads.get(name) ?? {};
      if (symbol?.kind === "task" && isUnserved(context, symbol, node)) return errorFormula;
      const type = valueOfHead(values.heads, name);
      return typed(type, { kind: "input", type: "number", name, ...rangeField(type), span: node.span });
    },
  };
}

function typeOfName(context: CheckContext, values: FormulaValues, name: Name): ValueType {
  if (isCandidateId(context, name.text)) return { kind: "text", optional: false };
  const symbol = resolveName(context, name, {
    // An attribute is meant where a feature has the same name.
    kinds: context.scope.attributes.has(name.text) ? kinds.filter((kind) => kind !== "feature") : kinds,
    what: "a score, a parameter or an attribute",
    fix: (found) =>
      found.kind === "label"
        ? `what happened is not known at serving; read a task that predicts \`${found.name}\``
        : undefined,
  });
  const type = symbol === undefined ? undefined : values.heads.get(symbol.name)?.type;
  switch (symbol?.kind) {
    case undefined:
      return errorType;
    case "param":
      return values.params.get(symbol.name) ?? errorType;
    case "attribute":
    case "request":
      return values.attributes.get(symbol.name) ?? errorType;
    case "fusion":
      return values.fusions.get(symbol.name) ?? errorType;
    case "feature":
      return featureValue(context, values.features, name);
    case "signal":
      return values.signals.get(symbol.name) ?? valueOfHead(values.heads, symbol.name);
    case "task":
      if (isUnserved(context, symbol, name)) return errorType;
      if (type?.kind === "classes") reportClasses(context, symbol.name, type, name.span);
      return valueOfHead(values.heads, symbol.name);
    case "chain":
      return valueOfHead(values.heads, symbol.name);
  }
}

/** Whether serving does not have a task, which is then reported. */
function isUnserved({ reporter }: CheckContext, symbol: SymbolOf<"task">, { span }: Node): boolean {
  if (!symbol.declaration.auxiliary) return false;
  reporter.report("MTL5046", { name: symbol.name }, span, {
    labels: [{ span: symbol.at.span, message: "auxiliary" }],
    help: "leave out `auxiliary` to serve it",
  });
  return true;
}

/** What a name of the type stands for. */
function leafOf(
  { references }: CheckContext,
  { heads }: FormulaValues,
  { name, span }: NameExpression,
  type: ValueType,
): FormulaLeaf | undefined {
  const kind = formulaTypeOf(type);
  if (kind === undefined) return undefined;
  const symbol = references.get(name);
  const range = rangeField(type);
  if (symbol?.kind === "fusion" || (symbol?.kind === "chain" && isExternalChain(heads, symbol.name)))
    return { kind: "fusion", type: "number", name: symbol.name, ...range, span };
  if (symbol?.kind === "param") return { kind: "param", type: "number", name: symbol.name, ...range, span };
  return { kind: "input", type: kind, name: name.text, ...range, span };
}

/** `id` is the candidate's own identifier, unless the spec calls something so. */
export function isCandidateId({ scope }: CheckContext, name: string): boolean {
  return name === "id" && !scope.names.has(name) && !scope.attributes.has(name);
}

/** A head as a number of formulas. */
export function valueOfHead(heads: Heads, name: string): ValueType {
  const head = heads.get(name);
  if (head?.type === undefined || head.type.kind === "classes") return errorType;
  const unit = head.type.kind === "expectation" ? head.type.unit : undefined;
  return {
    kind: "number",
    range: rangeOf(head.type, head.signed),
    optional: false,
    ...(unit === undefined ? {} : { unit }),
  };
}

function rangeOf(type: Exclude<HeadType, { kind: "classes" }>, signed: boolean): Interval {
  switch (type.kind) {
    case "probability":
      return unitInterval;
    case "expectation":
      return signed ? anyNumber : nonNegative;
    case "score":
      return anyNumber;
  }
}

/** A raw feature as a candidate provides it; what the network makes of it is not visible here. */
function featureValue(context: CheckContext, features: readonly FeatureModel[], name: Name): ValueType {
  const feature = features.find((each) => each.name === name.text);
  if (feature?.serving.kind === "none") noteServed(context, feature.name, { span: name.span });
  if (feature === undefined) return errorType;
  const { value } = featureKinds[feature.kind === "numbers" ? "sequence" : feature.kind];
  return value === "number" ? { kind: value, range: anyNumber, optional: true } : { kind: value, optional: true };
}
