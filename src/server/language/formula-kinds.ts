/** What values of a formula are, read from the tree: a text that is being typed has no types yet. */
import { findFormulaFunction, type FormulaKind } from "../../compiler/functions/index.js";
import { constantOf, featureKinds, findFeatureKind, type SpecSymbol } from "../../compiler/semantics/index.js";
import type { RangeClause, TypedEntry } from "../../compiler/syntax/index.js";

/** A kind of value with whether it may be missing. */
export interface FormulaValue {
  readonly kind: FormulaKind | "texts" | "vector";
  readonly optional: boolean;
}

/** What the name stands for in a formula; undefined for what no formula reads. */
export function formulaValueOf(symbol: SpecSymbol): FormulaValue | undefined {
  switch (symbol.kind) {
    case "task":
      return symbol.declaration.auxiliary ? undefined : { kind: "number", optional: false };
    case "chain":
    case "param":
    case "fusion":
      return { kind: "number", optional: false };
    case "signal":
    case "attribute":
    case "request":
      return typedValue(symbol.declaration);
    case "feature": {
      const { type } = symbol.declaration;
      const name = type.kind === "Call" ? type.callee.text : type.kind === "NameExpression" ? type.name.text : "";
      const kind = findFeatureKind(name);
      return kind === undefined ? undefined : { kind: featureKinds[kind].value, optional: true };
    }
    default:
      return undefined;
  }
}

/** Whether a value of the request or a parameter may be a count of a rule as it is: its range says that it is one. */
export function isCount(symbol: SpecSymbol): boolean {
  if (symbol.kind === "param") return isCountRange(symbol.declaration.range);
  if (symbol.kind !== "request") return false;
  const { type } = symbol.declaration;
  return type.kind === "NumberType" && !type.optional && isCountRange(type.range);
}

function isCountRange(range: RangeClause | undefined): boolean {
  const [low, high] = [range?.low, range?.high].map((node) => (node === undefined ? undefined : constantOf(node)));
  return low?.kind === "value" && high?.kind === "value" && low.value >= 1 && high.value <= 10_000;
}

function typedValue({ type }: TypedEntry): FormulaValue | undefined {
  switch (type.kind) {
    case "ProbabilityType":
    case "ExpectationType":
    case "ScoreType":
      return { kind: "number", optional: false };
    case "NumberType":
      return { kind: "number", optional: type.optional };
    case "VectorType":
      return { kind: "vector", optional: type.optional };
    case "SimpleType":
      return { kind: type.base, optional: type.optional };
    case "MissingType":
      return undefined;
  }
}

/** What a function of formulas gives. */
export function resultOf(name: string): FormulaKind | undefined {
  if (name === "piecewise") return "number";
  return findFormulaFunction(name)?.result;
}
