/** What training on later data makes of an earlier fit: new values get new ids, and nothing that has one moves. */
import { tableOwner, type VocabularyFeature } from "../../../../compiler/model/feature-lists.js";
import type { FeatureModel, Vocabulary } from "../../../../compiler/model/model.js";
import { own } from "../../../../compiler/text/index.js";
import type { Fitted, FittedFeature } from "../fitted.js";

/** What an earlier run fitted, and how long a value stays that no later data has. */
export interface ContinuedFit {
  readonly fitted: Fitted;
  /** Values that this many continued runs in a row have not seen lose their id; absent: none does. */
  readonly evictAfter?: number;
}

/** What became of the ids of a feature. */
export interface ContinuedIds {
  readonly kept: number;
  readonly added: number;
  readonly evicted: number;
}

/** Whether a feature's ids are those of values that data decides. */
function isFittedVocabulary(
  feature: FeatureModel,
): feature is VocabularyFeature & { readonly vocabulary: Extract<Vocabulary, { kind: "fitted" }> } {
  return "vocabulary" in feature && feature.vocabulary.kind === "fitted" && tableOwner(feature) === feature.name;
}

/** The features with vocabularies that leave no value out: a fit of them says which values the data has. */
export function withWholeVocabularies(features: readonly FeatureModel[]): readonly FeatureModel[] {
  return features.map((feature) =>
    isFittedVocabulary(feature) ? { ...feature, vocabulary: { kind: "fitted", minCount: 1 } } : feature,
  );
}

/**
 * An earlier fit with what later data adds to it. Scales and boundaries stay; of a vocabulary, values stay in their order, those
 * that were not seen for too long go, and the `fresh` ones come after them, as many as the feature's limit has room for.
 * `seen` is the fit of {@link withWholeVocabularies} to the same data.
 */
export function continueFit(
  { fitted: old, evictAfter = Infinity }: ContinuedFit,
  { fresh, seen }: { readonly fresh: Fitted; readonly seen: Fitted },
  features: readonly FeatureModel[],
): { readonly fitted: Fitted; readonly ids: Readonly<Record<string, ContinuedIds>> } {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const unseen: [string, readonly number[]][] = [];
  const ids: [string, ContinuedIds][] = [];
  const entries = Object.entries(fresh.features).map(([name, now]): readonly [string, FittedFeature] => {
    const [feature, before] = [byName.get(name), own(old.features, name)];
    if (before?.kind !== now.kind) return [name, now];
    if (now.kind === "number" || now.kind === "bucket")
      return [name, feature?.kind === "bucket" && feature.boundaries.kind === "listed" ? now : before];
    if (
      now.kind !== "vocabulary" ||
      before.kind !== "vocabulary" ||
      feature === undefined ||
      !isFittedVocabulary(feature)
    )
      return [name, now];
    const here = new Set(valuesOf(own(seen.features, name)));
    const waited = own(old.continued?.unseen ?? {}, name);
    const known = before.values.map((value, i) => ({ value, runs: here.has(value) ? 0 : (waited?.[i] ?? 0) + 1 }));
    const kept = known.filter(({ runs }) => runs < evictAfter);
    const had = new Set(kept.map(({ value }) => value));
    const room = Math.max(0, (feature.vocabulary.limit ?? Infinity) - kept.length);
    const added = now.values.filter((value) => !had.has(value)).slice(0, room);
    unseen.push([name, [...kept.map(({ runs }) => runs), ...added.map(() => 0)]]);
    ids.push([name, { kept: kept.length, added: added.length, evicted: known.length - kept.length }]);
    return [name, { kind: "vocabulary", values: [...kept.map(({ value }) => value), ...added] }];
  });
  const continued = { runs: (old.continued?.runs ?? 0) + 1, unseen: Object.fromEntries(unseen) };
  return {
    fitted: { rows: fresh.rows, features: Object.fromEntries(entries), continued },
    ids: Object.fromEntries(ids),
  };
}

function valuesOf(feature: FittedFeature | undefined): readonly string[] {
  return feature?.kind === "vocabulary" ? feature.values : [];
}
