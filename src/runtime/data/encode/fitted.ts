/** What the training data decides about the features, as plain values, and how it is kept in files. */
import { tableOwner } from "../../../compiler/model/feature-lists.js";
import {
  type Continued,
  type Fitted,
  type FittedFeature,
  type FittedVocabulary,
  fittedSizes,
  sizeOf,
  sizeOfVocabulary,
} from "../../../compiler/model/fitted.js";
import type { FeatureModel, Model, Vocabulary } from "../../../compiler/model/model.js";
import { canonicalText, own } from "../../../compiler/text/index.js";
import { sha256 } from "../../artifact/hash.js";
import { parseVocabulary } from "../../artifact/vocabulary-file.js";
import { storedVocabulary, vocabularyLines } from "./stored-values.js";
import { vocabularySeed } from "./hash.js";

export { type Continued, type Fitted, type FittedFeature, fittedSizes };

/** What a feature's fit is when it needs no data; undefined when it does. */
export function fittedWithoutData(feature: FeatureModel): FittedFeature | undefined {
  switch (feature.kind) {
    case "categorical":
    case "bag":
    case "sequence":
      return vocabularyWithoutData(feature.vocabulary);
    case "numeric":
    case "numbers":
      return feature.missing !== "mean" && (feature.scale === "none" || feature.scale === "log1p")
        ? { kind: "number", mean: 0, deviation: 0, minimum: 0, maximum: 0 }
        : undefined;
    case "bucket":
      return feature.boundaries.kind === "listed"
        ? { kind: "bucket", boundaries: feature.boundaries.values }
        : undefined;
  }
}

function vocabularyWithoutData(vocabulary: Vocabulary): FittedFeature | undefined {
  switch (vocabulary.kind) {
    case "listed":
      return { kind: "vocabulary", values: listedTexts(vocabulary.values) };
    case "hash":
      return { kind: "hash", buckets: vocabulary.buckets, seed: vocabularySeed };
    case "ids":
      return { kind: "ids", count: vocabulary.count };
    case "fitted":
    case "like":
      return undefined;
  }
}

/** Listed values as the texts that cells have; of two that spell one value the first has its id. */
function listedTexts(values: readonly string[]): readonly string[] {
  const known = new Set<string>();
  return values.map((value) => {
    const text = canonicalText(value);
    if (known.has(text)) return value;
    known.add(text);
    return text;
  });
}

/** Numbers of ids of the features of which no data decides it. */
export function sizesWithoutData({ features }: Pick<Model, "features">): Readonly<Record<string, number>> {
  return Object.fromEntries(
    features.flatMap((feature) => {
      const fitted = fittedWithoutData(feature);
      const size = fitted === undefined ? undefined : sizeOf(fitted);
      return size === undefined ? [] : [[feature.name, size]];
    }),
  );
}

/** A fit as files: small values as JSON, each vocabulary by itself. */
export interface FittedParts {
  readonly json: unknown;
  /** By feature, the first value with id 1. */
  readonly vocabularies: ReadonlyMap<string, FittedVocabulary>;
  readonly ids: Readonly<Record<string, number>>;
}

export function splitFitted(fitted: Fitted): FittedParts {
  const vocabularies = new Map<string, FittedVocabulary>();
  const features = Object.entries(fitted.features).map(([name, feature]) => {
    if (feature.kind !== "vocabulary") return [name, feature] as const;
    vocabularies.set(name, feature);
    return [name, { kind: feature.kind, size: sizeOfVocabulary(feature) }] as const;
  });
  return {
    json: {
      rows: fitted.rows,
      features: Object.fromEntries(features),
      ...(fitted.continued === undefined ? {} : { continued: continuedJson(fitted.continued) }),
    },
    vocabularies,
    ids: fittedSizes(fitted).ids,
  };
}

/** One text for each vocabulary: there may be many values. */
function continuedJson({ runs, unseen }: Continued): unknown {
  const texts = Object.entries(unseen).map(([name, counts]) => [name, counts.join(" ")] as const);
  return { runs, unseen: Object.fromEntries(texts) };
}

function joinContinued(json: unknown, features: Readonly<Record<string, FittedFeature>>): Continued {
  const record = asRecord(json, "`continued`");
  const texts = asRecord(record["unseen"], "`unseen`");
  const unseen = Object.entries(texts).map(([name, text]) => {
    const counts = text === "" ? [] : String(text).split(" ").map(Number);
    const feature = own(features, name);
    if (feature?.kind !== "vocabulary" || feature.values.length !== counts.length || !counts.every(Number.isInteger))
      throw new Error(`\`unseen\` of \`${name}\` does not fit its vocabulary`);
    return [name, counts] as const;
  });
  return { runs: asNumber(record["runs"], "`runs`"), unseen: Object.fromEntries(unseen) };
}

/**
 * The reverse of {@link splitFitted}, for a model. Throws an error that says what is wrong when the parts are not those of
 * the model: the caller knows which file they come from.
 */
export function joinFitted(
  model: Pick<Model, "features">,
  json: unknown,
  vocabularyOf: (feature: string) => FittedVocabulary,
): Fitted {
  const record = asRecord(json, "the fit");
  const entries = asRecord(record["features"], "`features`");
  const rows = asNumber(record["rows"], "`rows`");
  const owners = model.features.filter((feature) => tableOwner(feature) === feature.name);
  const features = owners.map(({ name }) => {
    const entry = asRecord(entries[name], `feature \`${name}\``);
    return [name, joinFeature(name, entry, vocabularyOf)] as const;
  });
  const joined = Object.fromEntries(features);
  const { continued } = record;
  return {
    rows,
    features: joined,
    ...(continued === undefined ? {} : { continued: joinContinued(continued, joined) }),
  };
}

function joinFeature(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  vocabularyOf: (feature: string) => FittedVocabulary,
): FittedFeature {
  const number = (key: string): number => asNumber(entry[key], `\`${key}\` of feature \`${name}\``);
  switch (entry["kind"]) {
    case "vocabulary": {
      const vocabulary = vocabularyOf(name);
      const size = sizeOfVocabulary(vocabulary);
      if (size !== number("size"))
        throw new Error(`the vocabulary of \`${name}\` has ${size} values instead of ${number("size")}`);
      return vocabulary;
    }
    case "hash":
      return { kind: "hash", buckets: number("buckets"), seed: number("seed") };
    case "ids":
      return { kind: "ids", count: number("count") };
    case "number":
      return {
        kind: "number",
        mean: number("mean"),
        deviation: number("deviation"),
        minimum: number("minimum"),
        maximum: number("maximum"),
      };
    case "bucket": {
      const boundaries = entry["boundaries"];
      if (!Array.isArray(boundaries)) throw new Error(`\`boundaries\` of feature \`${name}\` is not a list`);
      return { kind: "bucket", boundaries: boundaries.map((value) => asNumber(value, `a boundary of \`${name}\``)) };
    }
    default:
      throw new Error(`feature \`${name}\` has no kind that is known`);
  }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new Error(`${what} is missing`);
  return value as Readonly<Record<string, unknown>>;
}

function asNumber(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${what} is not a number`);
  return value;
}

/** A fit with something in the place of each vocabulary. */
interface Replaced<T> extends Omit<Fitted, "features"> {
  readonly features: Readonly<Record<string, Exclude<FittedFeature, FittedVocabulary> | T>>;
}

function withVocabularies<T>(fitted: Fitted, of: (vocabulary: FittedVocabulary) => T): Replaced<T> {
  const features = Object.entries(fitted.features).map(
    ([name, feature]) => [name, feature.kind === "vocabulary" ? of(feature) : feature] as const,
  );
  return { ...fitted, features: Object.fromEntries(features) };
}

/** A fit whose vocabularies are the lines of an artifact, in some form, so that no text is made of a value that nobody asks for. */
export type LinedFit<Lines> = Replaced<{ readonly kind: "lines"; readonly lines: Lines }>;

export function linedFit<Lines>(fitted: Fitted, form: (lines: Uint8Array) => Lines): LinedFit<Lines> {
  return withVocabularies(fitted, (vocabulary) => ({ kind: "lines", lines: form(vocabularyLines(vocabulary)) }));
}

/** The reverse of {@link linedFit}; values are read when they are asked for first. */
export function fitOfLines<Lines>({ features, ...rest }: LinedFit<Lines>, bytes: (lines: Lines) => Uint8Array): Fitted {
  const read = Object.entries(features).map(([name, feature]): readonly [string, FittedFeature] => [
    name,
    feature.kind === "lines" ? storedVocabulary(bytes(feature.lines), parseVocabulary) : feature,
  ]);
  return { ...rest, features: Object.fromEntries(read) };
}

/** A fit as JSON. */
export function fittedJson(fitted: Fitted): LinedFit<string> {
  return linedFit(fitted, (lines) => Buffer.from(lines).toString("utf8"));
}

/** The reverse of {@link fittedJson}, of what that gave. */
export function fittedOfJson(json: unknown): Fitted {
  return fitOfLines(json as LinedFit<string>, (lines) => Buffer.from(lines));
}

/** SHA-256 of all that a fit says: two fits with one hash encode alike. */
export function hashFitted(fitted: Fitted): string {
  const known = hashes.get(fitted);
  if (known !== undefined) return known;
  const hash = sha256(JSON.stringify(withVocabularies(fitted, (vocabulary) => sha256(vocabularyLines(vocabulary)))));
  hashes.set(fitted, hash);
  return hash;
}

/** Notes the hash of what another thread has fitted. */
export function rememberHash(fitted: Fitted, hash: string): void {
  hashes.set(fitted, hash);
}

/** Of large vocabularies the text is made once. */
const hashes = new WeakMap<Fitted, string>();
