/** How many ids each feature has, before any data is read: told, written in the spec, or bounded by it. */
import {
  hasIds,
  tableOwner,
  type FittedSizes,
  type Model,
  type TableFeature,
  type Vocabulary,
} from "../model/index.js";

export interface IdCount {
  readonly feature: string;
  /** "Unknown" (id 0) included. */
  readonly ids: number;
  /**
   * `given`: by the caller, from an artifact or a command line. `spec`: the spec says it (`hash:`, `ids:`, listed values,
   * boundaries). `limit`: at most that many (`vocab:`, `quantiles:`, `bins:`). `data`: only the data knows; 1 is counted.
   */
  readonly source: "given" | "spec" | "limit" | "data";
}

/** A count for every feature that has ids, in the order of the spec; `given` counts go before what the spec says. */
export function idCounts({ features }: Pick<Model, "features">, given: FittedSizes["ids"] = {}): readonly IdCount[] {
  return features.flatMap((feature): readonly IdCount[] => {
    // The ids of a feature that is like another one are the other's.
    if (!hasIds(feature) || tableOwner(feature) !== feature.name) return [];
    const own = Object.hasOwn(given, feature.name) ? given[feature.name] : undefined;
    return [{ feature: feature.name, ...(own === undefined ? countOf(feature) : { ids: own, source: "given" }) }];
  });
}

export function sizesOfCounts(counts: readonly IdCount[]): FittedSizes {
  return { ids: Object.fromEntries(counts.map(({ feature, ids }) => [feature, ids])) };
}

function countOf(feature: TableFeature): Pick<IdCount, "ids" | "source"> {
  if (feature.kind !== "bucket") return countOfVocabulary(feature.vocabulary);
  const { boundaries } = feature;
  // Of few values, or equal quantiles, there may be fewer.
  return boundaries.kind === "listed"
    ? { ids: boundaries.values.length + 2, source: "spec" }
    : { ids: boundaries.count + 1, source: "limit" };
}

function countOfVocabulary(vocabulary: Vocabulary): Pick<IdCount, "ids" | "source"> {
  switch (vocabulary.kind) {
    case "hash":
      return { ids: vocabulary.buckets + 1, source: "spec" };
    case "ids":
      return { ids: vocabulary.count + 1, source: "spec" };
    case "listed":
      return { ids: vocabulary.values.length + 1, source: "spec" };
    // That of another feature.
    case "like":
      return { ids: 1, source: "data" };
    case "fitted":
      return vocabulary.limit === undefined
        ? { ids: 1, source: "data" }
        : { ids: vocabulary.limit + 1, source: "limit" };
  }
}
