/** What data could have decided about a model, and raw rows of it, without data. */
import { isListFeature, isWeighted, tableOwner } from "../../src/compiler/model/feature-lists.js";
import type { FeatureModel, Fitted, FittedFeature, Model } from "../../src/compiler/model/index.js";
import { fittedWithoutData } from "../../src/runtime/data/encode/fitted.js";
import { columnsOf, type RawRow } from "../../src/runtime/data/index.js";
import { createRandom } from "../random.js";

const words = Array.from({ length: 12 }, (_, i) => `v${i}`);

/** Vocabularies of a dozen words, where the spec does not say another one; scales and boundaries of numbers around 3. */
export function someFitted({ features }: Pick<Model, "features">): Fitted {
  const owners = features.filter((feature) => tableOwner(feature) === feature.name);
  return {
    rows: 1000,
    features: Object.fromEntries(
      owners.map((feature) => [feature.name, cut(fittedWithoutData(feature) ?? fitOf(feature))] as const),
    ),
  };
}

/** As small as tests need it: a spec may have a million buckets. */
function cut(fit: FittedFeature): FittedFeature {
  switch (fit.kind) {
    case "hash":
      return { ...fit, buckets: Math.min(fit.buckets, 40) };
    case "ids":
      return { ...fit, count: Math.min(fit.count, 40) };
    default:
      return fit;
  }
}

function fitOf(feature: FeatureModel): FittedFeature {
  switch (feature.kind) {
    case "categorical":
    case "bag":
    case "sequence":
      return { kind: "vocabulary", values: words };
    case "numeric":
    case "numbers":
      return { kind: "number", mean: 1.5, deviation: 0.75, minimum: 0, maximum: 9 };
    case "bucket": {
      const count =
        feature.boundaries.kind === "listed" ? feature.boundaries.values.length : feature.boundaries.count - 1;
      return { kind: "bucket", boundaries: Array.from({ length: count }, (_, i) => i * 0.5) };
    }
  }
}

/** Seeded rows with known and unknown values, nulls, and lists of all lengths. */
export function someRows({ features }: Pick<Model, "features">, fitted: Fitted, count: number): readonly RawRow[] {
  const random = createRandom(77);
  // A column that several features read has what a number needs, where one of them does.
  const ordered = features.toSorted((a, b) => Number(isNumber(a)) - Number(isNumber(b)));
  return Array.from({ length: count }, () => {
    const share = random();
    return Object.fromEntries(
      ordered.flatMap((feature) =>
        columnsOf(feature.source).map((column) => {
          if (!isListFeature(feature))
            return [column, random() < 0.1 ? null : valueOf(feature, fitted, random)] as const;
          const length = Math.floor(share * (feature.max + 1));
          return [column, Array.from({ length }, () => valueOf(feature, fitted, random))] as const;
        }),
      ),
    );
  });
}

function isNumber({ kind }: FeatureModel): boolean {
  return kind === "numeric" || kind === "numbers" || kind === "bucket";
}

function valueOf(feature: FeatureModel, fitted: Fitted, random: () => number): string | number {
  const text = (): string => {
    const fit = fitted.features[tableOwner(feature)];
    const known = fit?.kind === "vocabulary" ? fit.values : fit?.kind === "ids" ? [...words.keys()] : words;
    return String(random() < 0.1 ? "never seen" : known[Math.floor(random() * known.length)]);
  };
  switch (feature.kind) {
    case "bag":
      return isWeighted(feature) ? `${text()}:${Math.round(random() * 8) / 4}` : text();
    case "categorical":
    case "sequence":
      return text();
    case "numeric":
    case "numbers":
    case "bucket":
      return Math.round(random() * 600) / 100;
  }
}
