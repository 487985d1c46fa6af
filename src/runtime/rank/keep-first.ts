import type { RankRequest } from "../../compiler/serving/index.js";

/** The request with the first candidate of each identifier. */
export function keepFirst(request: RankRequest): {
  readonly request: RankRequest;
  readonly duplicates: readonly string[];
} {
  const { ids, candidates, sources } = request;
  const seen = new Set<string>();
  const kept: number[] = [];
  const duplicates = new Set<string>();
  ids.forEach((id, i) => {
    if (seen.has(id)) duplicates.add(id);
    else kept.push(i);
    seen.add(id);
  });
  const pick = <T>(all: readonly T[]): readonly T[] => kept.map((i) => all[i] as T);
  return {
    request: {
      ...request,
      ids: pick(ids),
      candidates: pick(candidates),
      ...(sources === undefined ? {} : { sources: pick(sources) }),
    },
    duplicates: [...duplicates],
  };
}
