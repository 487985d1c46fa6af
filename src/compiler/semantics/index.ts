/**
 * The checker. In goes the syntax tree of a spec; out come the typed model, diagnostics, and side tables that say what
 * names and expressions are. Pure: it reads no file and no data, changes no node, and says nothing about what recovery
 * had to invent. Each subject is a file: what it checks is in its name.
 */
export { expand, type Expanded } from "./expand/index.js";
export type { LoadedSpecs } from "./expand/modules.js";
export { declaredNames, replaceAgingWords } from "./editions/aging-words.js";
export { migrateText, type Migrated } from "./editions/migrate.js";
export { blocksNamedIn, blocksOf, editionOf, type FileEditions } from "./editions/file-editions.js";
export {
  createLanguage,
  language,
  newestEdition,
  type AgingWord,
  type EditionChange,
  type EditionRow,
  type Language,
  type VocabularyRow,
} from "./editions/language.js";
export { check, type CheckOptions, type CheckResult } from "./check.js";
export * from "./search/index.js";
export type { SideTables } from "./context.js";
export { lintHidden } from "./lint/hidden.js";
export { foldRanges } from "./values/fold-ranges.js";
export { applySuppressions, type SuppressionInput } from "./lint/suppressions.js";
export {
  describeKind,
  headKinds,
  isFamily,
  isHeadKind,
  lookOf,
  kindWord,
  networkKinds,
  type SpecSymbol,
  type SymbolKind,
  type SymbolOf,
} from "./names/symbols.js";
export { showShape, showType, type ValueType } from "./values/types.js";
export { multiplyTypes, showEvent, showHeadType, type Within } from "./events/events.js";

// The language as data, for editors and reference pages.
export { describeArgumentType, parameterGroups, type ArgumentSpec, type ArgumentType } from "./arguments/arguments.js";
export { declaredBy } from "./names/bind.js";
export { dataKeys, trainKeys, type BlockKey } from "./names/block-keys.js";
export { namesOfBuiltins } from "./arguments/builtin-lookup.js";
export { sampleSpecs, splitSpecs } from "./data/check-data.js";
export { defaultOptions, formatSpecs } from "./data/check-source.js";
export { activations, fittingActivations } from "./heads/check-task.js";
export { logitWords } from "./heads/check-logit.js";
export { widthWord } from "./network/tensor-width.js";
export { stopSpecs } from "./training/check-stop.js";
export { columnFunctions, type ColumnFunctionType } from "./data/column-expressions.js";
export { featureKindNames, featureKinds, findFeatureKind, type FeatureKind } from "./data/feature-types.js";
export { showInterval } from "../functions/intervals.js";
export { countsByRequest } from "./serving/rules/counts.js";
export { defaultKeys } from "./arguments/check-defaults.js";
export { constantOf } from "./arguments/constants.js";
