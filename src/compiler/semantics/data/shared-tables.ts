/** Features that are `like` another one: they have its ids, its embeddings and their width. */
import { hasVocabulary, type FeatureModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";

export interface CheckedFeature {
  readonly feature: FeatureModel;
  readonly entry: ast.FeatureEntry;
}

/** All features, with the widths of those that they are like; what is like one that it cannot be like is reported and left out. */
export function shareTables(
  context: CheckContext,
  features: readonly FeatureModel[],
  entries: ReadonlyMap<FeatureModel, ast.FeatureEntry>,
): readonly CheckedFeature[] {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  return features.flatMap((feature): readonly CheckedFeature[] => {
    const entry = entries.get(feature);
    if (entry === undefined) return [];
    if (!hasVocabulary(feature) || feature.vocabulary.kind !== "like") return [{ feature, entry }];
    const other = byName.get(feature.vocabulary.feature);
    // One that is wrong was reported and left out.
    if (other === undefined) return [];
    if (hasVocabulary(other) && other.vocabulary.kind !== "like")
      return [{ feature: { ...feature, embed: other.embed }, entry }];
    const found = hasVocabulary(other) ? "is like another one" : "has no vocabulary";
    context.reporter.report("MTL3075", { name: feature.name, other: other.name, found }, entry.type.span, {
      help: hasVocabulary(other)
        ? `name the feature that has the vocabulary: \`like: ${other.vocabulary.kind === "like" ? other.vocabulary.feature : other.name}\``
        : "name a `categorical`, `bag` or `sequence`",
    });
    return [];
  });
}
