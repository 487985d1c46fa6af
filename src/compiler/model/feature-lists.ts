import type { FeatureModel } from "./model.js";

/** A feature with several ids per row, in `max` columns; −1 where a row has no more. */
export type ListFeature = Extract<FeatureModel, { kind: "bag" | "sequence" }>;

/** A feature whose ids come from a vocabulary of values. */
export type VocabularyFeature = Extract<FeatureModel, { vocabulary: unknown }>;

export function isListFeature(feature: FeatureModel): feature is ListFeature {
  return feature.kind === "bag" || feature.kind === "sequence";
}

export function hasVocabulary(feature: FeatureModel): feature is VocabularyFeature {
  return "vocabulary" in feature;
}

/** The feature whose vocabulary and embedding table it has: its own name, or the one that it is `like`. */
export function tableOwner(feature: FeatureModel): string {
  return hasVocabulary(feature) && feature.vocabulary.kind === "like" ? feature.vocabulary.feature : feature.name;
}
