/** Which texts mean null, and what a null of a feature with ids is read as. */
import { canonicalText } from "../text/index.js";
import { canMiss } from "./feature-lists.js";
import type { FeatureModel } from "./model.js";

/** The texts that mean null, each also as the text of the value that it spells. */
export function nullTexts(nulls: readonly string[]): readonly string[] {
  return [...new Set(nulls.flatMap((text) => [text, canonicalText(text)]))];
}

/** The value that stands for a null, as cells have it; undefined where none does. */
export function missingText(feature: FeatureModel): string | undefined {
  if (!canMiss(feature) || feature.missing === undefined || feature.missing.kind === "zeros") return undefined;
  return canonicalText(String(feature.missing.value));
}

/** The id of a null. −1 is a vector of zeros. */
export function nullId(feature: FeatureModel, ids: { ofText(text: string): number }): number {
  if (canMiss(feature) && feature.missing?.kind === "zeros") return -1;
  const text = missingText(feature);
  return text === undefined ? 0 : ids.ofText(text);
}
