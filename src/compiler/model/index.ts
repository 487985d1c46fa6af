/** The typed model, its hash, and the layout of its data. Plain values: no syntax, no tensors, no I/O. */
export * from "./model.js";
export { columnsOf, comparisonKind, isArithmetic, type Kind, membershipKind, naturalKind } from "./column-kinds.js";
export {
  type Continued,
  type Fitted,
  type FittedFeature,
  fittedOf,
  fittedSizes,
  type FittedVocabulary,
  sizeOf,
  type StoredValues,
} from "./fitted.js";
export * from "./heads.js";
export * from "./formula.js";
export * from "./serving.js";
export * from "./layout.js";
export type { ArgumentSpec, ArgumentType, HeadReference, LabelReference, ParameterType } from "./parameter.js";
export { idOfText } from "./ids.js";
export { missingText, nullId, nullTexts } from "./missing.js";
export { affineOf, fillOf, isLogarithmic, largestFloat, numberTransform } from "./scales.js";
export {
  hasIds,
  canMiss,
  hasVocabulary,
  isListFeature,
  cutWeight,
  featureNamed,
  isSequence,
  isWeighted,
  largestWeight,
  type ListFeature,
  type NumberFeature,
  positionsOf,
  type SequenceFeature,
  type TableFeature,
  tableOwner,
  type VocabularyFeature,
  type WeightedBag,
  weightMark,
} from "./feature-lists.js";
export { labelOrder, type LabelOrder, labelsOrderedBy, type ListBatching, listBatching, listColumn } from "./lists.js";
export { termNames, termsByHead } from "./loss-terms.js";
export {
  className,
  closedLabels,
  declaredHead,
  type DeclaredHead,
  declaredHeads,
  findEvent,
  labelOfEvent,
  servedHeads,
} from "./labels.js";
export { memberId } from "./member-id.js";
export { nodeAt } from "./node-at.js";
export { columnsOfTrees, hasTrees, isTrees, type TreeHead, treeHeads, treesInput, treesLayer } from "./trees.js";
export { readingOf } from "./reading.js";
export { headsIn } from "./heads-in.js";
export { crc32c, maskCrc32c, maskedCrc32c } from "./checksums/crc32c.js";
export { canonicalModel, hashModel } from "./hash.js";
export { sha256 } from "./checksums/sha256.js";
export { countsExposures, inputsOfRule, multipliesScore, ruleOrders, type RuleOrder } from "./rule-traits.js";
export { callText, nameText, numberText, valueText } from "./value-text.js";
