import { hasIds, type FittedSizes, type Model } from "../compiler/model/index.js";
import { suggest } from "../compiler/text/index.js";
import { createFailure } from "../runtime/failure.js";

export const idsOption = {
  kind: "names",
  value: "FEATURE=N",
  doc: 'number of ids of a feature, "unknown" included, where the spec does not state it',
} as const;

/** `user_id=1_000_000` as numbers. Throws MTL8020, or MTL8022 for a feature that none of the models has. */
export function readIds(given: readonly string[] | undefined, models: readonly Model[]): FittedSizes["ids"] {
  const known = models.flatMap(({ features }) =>
    features.flatMap((feature) => (hasIds(feature) ? [feature.name] : [])),
  );
  const entries = (given ?? []).map((text) => {
    const [, feature, digits] = /^(\w+)=(\d[\d_]*)$/.exec(text) ?? [];
    const count = Number((digits ?? "").replaceAll("_", ""));
    if (feature === undefined || !Number.isSafeInteger(count) || count < 1) throw createFailure("MTL8020", { text });
    if (!known.includes(feature)) throw createFailure("MTL8022", { feature, suggestion: suggest(feature, known) });
    return [feature, count] as const;
  });
  return Object.fromEntries(entries);
}
