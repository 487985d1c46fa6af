/** What the training data decides about the features, as plain values. */
import { own } from "../text/index.js";
import { tableOwner } from "./feature-lists.js";
import type { FeatureModel, FittedSizes } from "./model.js";

export interface Fitted {
  /** Rows of the training data. */
  readonly rows: number;
  /** By feature, one entry each; none for a feature that has the vocabulary of another one. */
  readonly features: Readonly<Record<string, FittedFeature>>;
  /** Set where a run continued an earlier one. */
  readonly continued?: Continued;
}

/** How often a fit was continued on later data. */
export interface Continued {
  readonly runs: number;
  /** By feature, for each value of its vocabulary the continued runs since the last one that had it. */
  readonly unseen: Readonly<Record<string, readonly number[]>>;
}

export interface FittedVocabulary {
  readonly kind: "vocabulary";
  /** `values[i]` has id i + 1; id 0 is "unknown". */
  readonly values: readonly string[];
  /** Set where `values` are read when they are asked for first; not one of the enumerable properties, which are all that a fit says. */
  readonly stored?: StoredValues;
}

/** Values as an artifact has them. */
export interface StoredValues {
  /** How many there are. */
  readonly size: number;
  /** A value per line, escaped. */
  readonly lines: Uint8Array;
  /** Set where it is at hand that all are whole numbers, as such are written. */
  readonly wholes?: Int32Array;
}

export type FittedFeature =
  | FittedVocabulary
  /** A whole number v below `count` has id v + 1; everything else 0. */
  | { readonly kind: "ids"; readonly count: number }
  /** A value's id is its bucket + 1; id 0 is null. */
  | { readonly kind: "hash"; readonly buckets: number; readonly seed: number }
  /** Of the known values, after `log1p` where the scale has one. Zeros when no value is known. */
  | {
      readonly kind: "number";
      readonly mean: number;
      /** Of the population: divided by n. */
      readonly deviation: number;
      readonly minimum: number;
      readonly maximum: number;
    }
  /** Ascending. The id of x is the number of boundaries ≤ x, plus 1; id 0 is null. */
  | { readonly kind: "bucket"; readonly boundaries: readonly number[] };

/** The fit of a feature; it is there when the fit is that of the model. */
export function fittedOf({ features }: Fitted, feature: FeatureModel): FittedFeature {
  const found = own(features, tableOwner(feature));
  if (found === undefined) throw new Error(`the fit has no feature ${feature.name}`);
  return found;
}

/** Number of ids of each feature that has any, "unknown" included. */
export function fittedSizes(fitted: Fitted): FittedSizes {
  const sizes = Object.entries(fitted.features).flatMap(([name, feature]) => {
    const size = sizeOf(feature);
    return size === undefined ? [] : [[name, size] as const];
  });
  return { ids: Object.fromEntries(sizes) };
}

/** Number of values; none of them is read for it. */
export function sizeOfVocabulary(vocabulary: FittedVocabulary): number {
  return vocabulary.stored?.size ?? vocabulary.values.length;
}

/** Number of ids of a feature, "unknown" included; undefined of numbers. */
export function sizeOf(feature: FittedFeature): number | undefined {
  switch (feature.kind) {
    case "vocabulary":
      return sizeOfVocabulary(feature) + 1;
    case "hash":
      return feature.buckets + 1;
    case "ids":
      return feature.count + 1;
    case "bucket":
      return feature.boundaries.length + 2;
    case "number":
      return undefined;
  }
}
