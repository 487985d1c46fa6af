/** Sequences along another one: they have its positions, its mask, and what serving and training see of it. */
import { isSequence, positionsOf, type FeatureModel, type SequenceFeature } from "../../model/index.js";
import type { CheckContext } from "../context.js";
import type { CheckedFeature } from "./shared-tables.js";

/** All features, with the positions of those that they are along; what is along one that it cannot be is reported and left out. */
export function alignSequences(context: CheckContext, checked: readonly CheckedFeature[]): readonly CheckedFeature[] {
  const byName = new Map(checked.map(({ feature }) => [feature.name, feature]));
  const followed = new Set(
    checked.flatMap(({ feature }) => (isSequence(feature) && feature.along !== undefined ? [feature.along] : [])),
  );
  return checked.flatMap(({ feature, entry }): readonly CheckedFeature[] => {
    if (!isSequence(feature)) return [{ feature, entry }];
    if (feature.along === undefined) {
      if (!followed.has(feature.name) || feature.kind !== "sequence") return [{ feature, entry }];
      if (feature.serving.kind === "value") {
        context.reporter.report("MTL3102", { name: feature.name }, entry.type.span);
        return [];
      }
      return [{ feature: { ...feature, along: feature.name }, entry }];
    }
    const other = byName.get(feature.along);
    // One that is wrong was reported and left out.
    if (other === undefined) return [];
    if (isSequence(other) && other.along === undefined && other.name !== feature.name)
      return [{ feature: inPositionsOf(feature, other), entry }];
    const found = describe(feature, other);
    context.reporter.report("MTL3101", { name: feature.name, other: other.name, found }, entry.type.span, {
      help:
        isSequence(other) && other.name !== feature.name
          ? `name the sequence that has the positions: \`along: ${positionsOf(other)}\``
          : "name another `sequence`, which is along none",
    });
    return [];
  });
}

function describe({ name }: FeatureModel, other: FeatureModel): string {
  if (other.name === name) return "is the sequence itself";
  return isSequence(other) ? "is along another one" : "is not a sequence";
}

function inPositionsOf(feature: SequenceFeature, { max, keep, serving, dropout }: SequenceFeature): FeatureModel {
  // What serving does not have is `none` for all of them.
  return { ...feature, max, keep, serving, dropout };
}
