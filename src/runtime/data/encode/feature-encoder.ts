/** From one clean value of a feature to its id or its number: the same for rows of files and for rows of a program. */
import { type FittedVocabulary, idOfText } from "../../../compiler/model/index.js";
import {
  cutWeight,
  largestWeight,
  type ListFeature,
  type NumberFeature,
  type WeightedBag,
} from "../../../compiler/model/feature-lists.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import { missingText, nullId } from "../../../compiler/model/missing.js";
import { affineOf, fillOf, isLogarithmic, largestFloat, numberTransform } from "../../../compiler/model/scales.js";
import type { FittedFeature } from "./fitted.js";
import { isAligned, keepsLast } from "./lists.js";
import { bucketOf } from "./hash.js";
import { storedWholes } from "./stored-values.js";
import { spelledWholes } from "./texts/whole-order.js";
import {
  cleanText,
  numberOf,
  numberText,
  parseNumber,
  scalarOf,
  textOf,
  type TextRules,
} from "../expressions/values.js";

/** Ids of a vocabulary, from 1; 0 for a value that it does not hold. */
export interface VocabularyIds {
  ofText(text: string): number;
  /** The id of the text of a whole number. */
  ofWhole(value: number): number;
  /** Ids of whole numbers from `first` on, 0 where `ofWhole` is to say; absent where there is no such array. */
  wholes?(): { readonly first: number; readonly ids: Int32Array };
}

/** Values whose ids are remembered, because computing them costs more. */
const rememberedIds = 1 << 18;

export function createVocabularyIds(fitted: FittedFeature): VocabularyIds {
  switch (fitted.kind) {
    case "vocabulary":
      return createListedIds(fitted);
    case "hash":
      return createHashedIds(fitted.buckets, fitted.seed);
    case "ids": {
      const { count } = fitted;
      return {
        ofText: (text) => idOfText(text, count),
        ofWhole: (value) => (value >= 0 && value < count ? value + 1 : 0),
      };
    }
    case "number":
    case "bucket":
      throw new Error(`a fit of kind ${fitted.kind} has no vocabulary`);
  }
}

/** The ids of a feature's values where a value that has none is read as a null, if the feature says so; else as they are. */
export function withOutside(feature: FeatureModel, ids: VocabularyIds): VocabularyIds {
  if (feature.kind !== "categorical" || feature.missing?.outside !== true) return ids;
  const outside = nullId(feature, ids);
  return {
    ...ids,
    ofText: (text) => ids.ofText(text) || outside,
    ofWhole: (value) => ids.ofWhole(value) || outside,
  };
}

/** By the list of values, or the vocabulary that reads it: every role asks for the ids of the same lists. */
const listedIds = new WeakMap<object, VocabularyIds>();

function createListedIds(vocabulary: FittedVocabulary): VocabularyIds {
  const { stored } = vocabulary;
  const key = stored === undefined ? vocabulary.values : vocabulary;
  const known = listedIds.get(key);
  if (known !== undefined) return known;
  let texts: Map<string, number> | undefined;
  // Built on first use: files of whole numbers never ask for texts, and files of texts never for numbers.
  const ofText = (text: string): number => {
    texts ??= new Map(vocabulary.values.map((value, i) => [value, i + 1]));
    return texts.get(text) ?? 0;
  };
  let table: WholeTable | undefined;
  const wholeTable = (): WholeTable =>
    (table ??= createWholeTable(stored === undefined ? wholesOf(vocabulary.values) : storedWholes(stored)));
  const ofWhole = (value: number): number => {
    const { first, ids, others } = wholeTable();
    return ids[value - first] ?? others?.get(value) ?? 0;
  };
  const ids = { ofText, ofWhole, wholes: wholeTable };
  listedIds.set(key, ids);
  return ids;
}

interface WholeTable {
  readonly first: number;
  readonly ids: Int32Array;
  /** In the place of the array, where numbers are far apart. */
  readonly others?: ReadonlyMap<number, number>;
}

/** The whole numbers that values spell, NaN for others. */
function wholesOf(values: readonly string[]): Float64Array {
  const known = spelledWholes(values);
  return known === undefined ? Float64Array.from(values, wholeOf) : Float64Array.from(known);
}

/** Ids of those values that are whole numbers, NaN being others: an array when they are dense, else a map. */
function createWholeTable(wholes: Float64Array): WholeTable {
  let minimum = Infinity;
  let maximum = -Infinity;
  let count = 0;
  for (const value of wholes) {
    if (value !== value) continue;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    count += 1;
  }
  const extent = maximum - minimum + 1;
  if (count === 0) return { first: 0, ids: new Int32Array(0) };
  if (extent > 8 * count + 65_536) {
    const others = new Map<number, number>();
    for (const [i, value] of wholes.entries()) if (value === value) others.set(value, i + 1);
    return { first: 0, ids: new Int32Array(0), others };
  }
  const ids = new Int32Array(extent);
  for (let i = 0; i < wholes.length; i++) {
    const value = wholes[i]!;
    if (value === value) ids[value - minimum] = i + 1;
  }
  return { first: minimum, ids };
}

/** The whole number that a text spells as such numbers are written; else NaN. */
function wholeOf(text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : NaN;
}

function createHashedIds(buckets: number, seed: number): VocabularyIds {
  const texts = new Map<string, number>();
  const wholes = new Map<number, number>();
  const remember = <T>(known: Map<T, number>, key: T, text: string): number => {
    const id = bucketOf(text, buckets, seed) + 1;
    if (known.size >= rememberedIds) known.clear();
    known.set(key, id);
    return id;
  };
  return {
    ofText: (text) => texts.get(text) ?? remember(texts, text, text),
    ofWhole: (value) => wholes.get(value) ?? remember(wholes, value, numberText(value)),
  };
}

/** From a raw number to what the network sees; NaN stands for null. The result is finite in float32, or NaN where it stays missing. */
export function createNumberEncoder(feature: NumberFeature, fitted: FittedFeature): (value: number) => number {
  if (fitted.kind !== "number") throw new Error(`the fit of ${feature.name} is of another kind`);
  const transform = numberTransform(feature);
  const { shift, factor } = affineOf(feature, fitted);
  const fill = fillOf(feature, fitted.mean);
  return (value) => {
    const scaled = ((Number.isNaN(value) ? fill : transform(value)) - shift) * factor;
    return Math.max(-largestFloat, Math.min(largestFloat, scaled));
  };
}

/** Puts numbers into an array from `first` on, `stride` apart, each as the number encoder has it; counts the missing ones. */
export function createNumbersEncoder(
  feature: NumberFeature,
  fitted: FittedFeature,
): (values: Float64Array, rows: number, into: Float32Array, first: number, stride: number) => number {
  const encode = createNumberEncoder(feature, fitted);
  const isAffine = !isLogarithmic(feature);
  const { shift, factor } = fitted.kind === "number" ? affineOf(feature, fitted) : { shift: 0, factor: 1 };
  return (values, rows, into, first, stride) => {
    let missing = 0;
    for (let i = 0, at = first; i < rows; i++, at += stride) {
      const value = values[i]!;
      const scaled = (value - shift) * factor;
      // As the encoder has it, where nothing is missing and nothing too large: calling a function for each takes twice as long.
      if (isAffine && scaled <= largestFloat && scaled >= -largestFloat) {
        into[at] = scaled;
        continue;
      }
      if (value !== value) missing += 1;
      into[at] = encode(value);
    }
    return missing;
  };
}

/** The number that a value of a list is, NaN where it is null. Throws a `ValueError` for a text that is none. */
export function listedNumber(text: string | null): number {
  return text === null ? NaN : (numberOf(text) ?? NaN);
}

/** From a raw number to its bucket's id; NaN stands for null, which is 0 unless the feature says otherwise. */
export function createBucketEncoder(
  { missing }: Extract<FeatureModel, { kind: "bucket" }>,
  fitted: FittedFeature,
): (value: number) => number {
  if (fitted.kind !== "bucket") throw new Error("the fit of a bucket is of another kind");
  const boundaries = Float64Array.from(fitted.boundaries);
  const bucketOf = (value: number): number => {
    let low = 0;
    let high = boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((boundaries[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
  const unknown = missing === undefined ? 0 : missing.kind === "zeros" ? -1 : bucketOf(Number(missing.value));
  return (value) => (Number.isNaN(value) ? unknown : bucketOf(value));
}

/** A value of a weighted bag and its weight, NaN where that is not a number in [0, 1e30]. */
export interface WeightedItem {
  readonly item: string;
  readonly value: string;
  readonly weight: number;
}

/** What a row of a weighted bag has, as {@link listTexts}. */
export function listItems(value: unknown, feature: WeightedBag, rules: TextRules): readonly WeightedItem[] {
  const items = allTexts(value, feature, rules).flatMap((item): readonly WeightedItem[] => {
    const cut = cutWeight(item ?? "");
    const text = cleanText(cut.value, rules);
    return text === null ? [] : [{ item: item ?? "", value: text, weight: weightNumber(cut.weight ?? "1") }];
  });
  const missing = missingText(feature);
  if (items.length === 0 && missing !== undefined) return [{ item: missing, value: missing, weight: 1 }];
  return items.slice(0, feature.max);
}

/** The weight that a text spells; NaN where it is not a number in [0, 1e30]. */
export function weightNumber(text: string | null): number {
  const number = parseNumber(text ?? "") ?? NaN;
  return number >= 0 && number <= largestWeight ? number : NaN;
}

/**
 * The values of a row as texts: a list as it is, a text cut at the separator; at most `max`. Nulls are left out, but of
 * aligned sequences, whose values are at positions.
 */
export function listTexts(value: unknown, feature: ListFeature, rules: TextRules): readonly (string | null)[] {
  const texts = allTexts(value, feature, rules);
  const missing = missingText(feature);
  if (texts.length === 0 && missing !== undefined) return [missing];
  return keepsLast(feature) ? texts.slice(-feature.max) : texts.slice(0, feature.max);
}

/** {@link listTexts} before `max` counts. */
export function allTexts(value: unknown, feature: ListFeature, rules: TextRules): readonly (string | null)[] {
  const raw = Array.isArray(value) ? (value as readonly unknown[]) : cutText(value, feature, rules);
  const keepsNulls = isAligned(feature);
  const texts: (string | null)[] = [];
  for (const element of raw) {
    const scalar = scalarOf(element, rules);
    if (scalar !== null) texts.push(textOf(scalar));
    else if (keepsNulls) texts.push(null);
  }
  return texts;
}

function cutText(value: unknown, { separator }: ListFeature, rules: TextRules): readonly string[] {
  const scalar = scalarOf(value, rules);
  return scalar === null
    ? []
    : textOf(scalar)
        .split(separator)
        .map((part) => cleanText(part, rules) ?? "");
}
