import type { FeatureModel, Model } from "./model.js";

/** A feature with several values per row, in `max` columns; of ids −1 where a row has no more. */
export type ListFeature = Extract<FeatureModel, { kind: "bag" | "sequence" | "numbers" }>;

/** A bag whose values have weights. */
export type WeightedBag = Extract<FeatureModel, { kind: "bag" }> & { readonly weighted: true };

/** A feature with a value at each position of a sequence. */
export type SequenceFeature = Extract<FeatureModel, { kind: "sequence" | "numbers" }>;

/** A feature of numbers: it has no ids. */
export type NumberFeature = Extract<FeatureModel, { kind: "numeric" | "numbers" }>;

/** A feature with ids, which has a row of a table for each. */
export type TableFeature = Exclude<FeatureModel, NumberFeature>;

/** A feature whose ids come from a vocabulary of values. */
export type VocabularyFeature = Extract<FeatureModel, { vocabulary: unknown }>;

/** A feature of a model. Throws when there is none. */
export function featureNamed({ features }: Pick<Model, "features">, name: string): FeatureModel {
  const found = features.find((feature) => feature.name === name);
  if (found === undefined) throw new Error(`there is no feature ${name}`);
  return found;
}

export function isListFeature(feature: FeatureModel): feature is ListFeature {
  return feature.kind === "bag" || isSequence(feature);
}

export function isSequence(feature: FeatureModel): feature is SequenceFeature {
  return feature.kind === "sequence" || feature.kind === "numbers";
}

export function isWeighted(feature: FeatureModel): feature is WeightedBag {
  return feature.kind === "bag" && feature.weighted === true;
}

/** What is between a value and its weight. */
export const weightMark = ":";

/** A value of a weighted bag and the text of its weight, which is after the last mark; undefined where there is none. */
export function cutWeight(item: string): { readonly value: string; readonly weight: string | undefined } {
  const at = item.lastIndexOf(weightMark);
  return at < 0 ? { value: item, weight: undefined } : { value: item.slice(0, at), weight: item.slice(at + 1) };
}

/** Weights from here on could leave the range of float32 when they are added up. */
export const largestWeight = 1e30;

export function hasIds(feature: FeatureModel): feature is TableFeature {
  return feature.kind !== "numeric" && feature.kind !== "numbers";
}

/** The sequence whose positions and mask a sequence has: its own name, unless it is along another one. */
export function positionsOf(feature: SequenceFeature): string {
  return feature.along ?? feature.name;
}

export function hasVocabulary(feature: FeatureModel): feature is VocabularyFeature {
  return "vocabulary" in feature;
}

/** The feature whose vocabulary and embedding table it has: its own name, or the one that it is `like`. */
export function tableOwner(feature: FeatureModel): string {
  return hasVocabulary(feature) && feature.vocabulary.kind === "like" ? feature.vocabulary.feature : feature.name;
}

/** Whether a feature may say by `missing` what stands for a null id. */
export function canMiss(
  feature: FeatureModel,
): feature is Extract<FeatureModel, { kind: "categorical" | "bucket" | "bag" }> {
  return ["categorical", "bucket", "bag"].includes(feature.kind);
}
