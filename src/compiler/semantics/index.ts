/**
 * The checker. In goes the syntax tree of a spec; out come the typed model, diagnostics, and side tables that say what
 * names and expressions are. Pure: it reads no file and no data, changes no node, and says nothing about what recovery
 * had to invent. Each subject is a file: what it checks is in its name.
 */
export { expand, type Expanded } from "./expand/index.js";
export type { LoadedSpecs } from "./expand/modules.js";
export { check, type CheckOptions, type CheckResult } from "./check.js";
export type { SideTables } from "./context.js";
export { lintHidden } from "./lint-hidden.js";
export { foldRanges } from "./fold-ranges.js";
export { applySuppressions, type SuppressionInput } from "./suppressions.js";
export {
  describeKind,
  headKinds,
  kindWord,
  networkKinds,
  type SpecSymbol,
  type SymbolKind,
  type SymbolOf,
} from "./symbols.js";
export { showShape, showType, type ValueType } from "./types.js";
export { multiplyTypes, showEvent, showHeadType, type Within } from "./events.js";

// The language as data, for editors and reference pages.
export { describeArgumentType, parameterGroups, type ArgumentSpec, type ArgumentType } from "./arguments.js";
export { declaredBy } from "./bind.js";
export { dataKeys, trainKeys, type BlockKey } from "./block-keys.js";
export { namesOfBuiltins } from "./builtin-lookup.js";
export { splitSpecs } from "./check-data.js";
export { defaultOptions, fileFormats, formatSpecs } from "./check-source.js";
export { activations, fittingActivations } from "./check-task.js";
export { logitWords } from "./check-logit.js";
export { stopSpecs } from "./check-train.js";
export { columnFunctions, type ColumnFunctionType } from "./column-expressions.js";
export { featureKinds, featureSpecs, type FeatureKind } from "./feature-types.js";
export { formulaFunctions, type FormulaFunction, type FormulaKind } from "./formula-functions.js";
export { metricNames, metricsOf } from "./metric-types.js";
export { clauseName, perUnits, verbRules, type ClauseName } from "./rule-clauses.js";
export { showInterval } from "./intervals.js";
export { countsByRequest } from "./check-counts.js";
export { constantOf } from "./constants.js";
