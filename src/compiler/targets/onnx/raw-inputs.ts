/** Which inputs a model of raw columns has: a tensor for each column, typed by those who read it. */
import { canonicalText } from "../../text/index.js";
import { numberColumns } from "./encode-expression.js";
import {
  type FeatureModel,
  type Fitted,
  type FittedFeature,
  fittedOf,
  hasVocabulary,
  isListFeature,
  isWeighted,
  type Model,
  tableOwner,
} from "../../model/index.js";

/** What an input holds, which says what its type is and what stands for a missing value. */
export type RawKind = "number" | "whole" | "text" | "length" | "weight" | "id";

/** An input of the model. */
export interface RawInput {
  readonly name: string;
  readonly kind: RawKind;
  /** Values of a row where it has several; absent where it has one. */
  readonly max?: number;
}

/** How a feature is read: from inputs by their name, or as what it is at serving. */
export type RawReading =
  | { readonly kind: "column"; readonly input: RawInput; readonly length?: RawInput; readonly weight?: RawInput }
  /** A number that is computed from columns. */
  | { readonly kind: "computed"; readonly columns: ReadonlyMap<string, RawInput> }
  /** By its ids, since ONNX cannot find them out; of a weighted bag with their weights. */
  | { readonly kind: "id"; readonly input: RawInput; readonly weight?: RawInput; readonly why: string }
  /** Serving has its value in the network, or leaves out what reads it. */
  | { readonly kind: "unread" };

export interface RawInputs {
  /** Each once, in the order in which features read them. */
  readonly inputs: readonly RawInput[];
  readonly readings: ReadonlyMap<string, RawReading>;
}

/** Bytes of the texts of a vocabulary that a model holds, at most: a model of more than 2 GiB cannot be read. */
const largestVocabulary = 1 << 28;

/** Whole numbers that a model lists as texts, at most. */
const mostListedNumbers = 1 << 16;

/** The inputs of a model's features; without a fit, those that the spec decides by itself. */
export function rawInputs({ features }: Pick<Model, "features">, fitted?: Fitted): RawInputs {
  const read = features.filter(({ serving }) => serving.kind === "data");
  const kinds = columnKinds(read);
  const inputs = new Map<string, RawInput>();
  const add = (input: RawInput): RawInput => {
    const known = inputs.get(input.name) ?? input;
    inputs.set(input.name, known);
    return known;
  };
  const readingOfFeature = (feature: FeatureModel): RawReading => {
    const { name, serving } = feature;
    if (serving.kind !== "data") return { kind: "unread" };
    const computed = computedColumns(feature);
    if (computed !== undefined) {
      const read = computed.map((column): RawInput => ({ name: column, kind: kinds.get(column) ?? "number" }));
      if (read.every((input) => whyOther(inputs.get(input.name), input) === undefined))
        return { kind: "computed", columns: new Map(read.map((input) => [input.name, add(input)])) };
    }
    const max = isListFeature(feature) ? { max: feature.max } : {};
    const column = columnOf(feature);
    const kind = kinds.get(column) ?? kindOf(feature, read);
    const wanted: RawInput = { name: column, kind, ...max };
    const why = whyById(knownIds(feature, features, fitted), kind) ?? whyOther(inputs.get(column), wanted);
    const weight = isWeighted(feature) ? add({ name: `${column}.weight`, kind: "weight", ...max }) : undefined;
    const weights = weight === undefined ? {} : { weight };
    if (why !== undefined)
      return { kind: "id", input: add({ name: `${name}.id`, kind: "id", ...max }), why, ...weights };
    const along = isListFeature(feature) && feature.kind !== "bag" ? feature.along : undefined;
    const length = along === undefined ? {} : { length: add({ name: `${along}.length`, kind: "length" }) };
    return { kind: "column", input: add(wanted), ...weights, ...length };
  };
  const readings = new Map(features.map((feature) => [feature.name, readingOfFeature(feature)]));
  return { inputs: [...inputs.values()], readings };
}

/** The column that a feature is; of one that is computed from columns, the name of what the caller computes. */
function columnOf({ name, source }: FeatureModel): string {
  return source.kind === "column" ? source.name : `${name}.value`;
}

/** The columns of a number that ONNX computes; undefined for a feature that is a column, or is computed in other ways. */
function computedColumns(feature: FeatureModel): readonly string[] | undefined {
  if (feature.kind !== "numeric" && feature.kind !== "bucket") return undefined;
  return feature.source.kind === "column" ? undefined : numberColumns(feature.source);
}

/** A column that numbers are read of is one; one of whole numbers is typed so where all who read it know no other values. */
function columnKinds(features: readonly FeatureModel[]): ReadonlyMap<string, RawKind> {
  const kinds = new Map<string, RawKind>();
  for (const feature of features) {
    const own = kindOf(feature, features);
    for (const column of computedColumns(feature) ?? [columnOf(feature)]) {
      const known = kinds.get(column);
      kinds.set(column, known === undefined || known === own ? own : bothOf(known, own));
    }
  }
  return kinds;
}

function bothOf(a: RawKind, b: RawKind): RawKind {
  return a === "text" || b === "text" ? "text" : "number";
}

function kindOf(feature: FeatureModel, features: readonly FeatureModel[]): RawKind {
  if (!hasVocabulary(feature)) return "number";
  if (isWeighted(feature)) return "text";
  const owner = features.find(({ name }) => name === tableOwner(feature));
  if (owner === undefined || !hasVocabulary(owner)) return "text";
  const { vocabulary } = owner;
  if (vocabulary.kind === "ids") return "whole";
  return vocabulary.kind === "listed" && vocabulary.values.every(isWhole) ? "whole" : "text";
}

function isWhole(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(canonicalText(text));
}

/** How values become ids, as far as it is known. */
type KnownIds = { readonly kind: "hash" } | Extract<FittedFeature, { kind: "ids" | "vocabulary" }> | undefined;

function knownIds(feature: FeatureModel, features: readonly FeatureModel[], fitted: Fitted | undefined): KnownIds {
  if (fitted !== undefined) {
    const fit = fittedOf(fitted, feature);
    return fit.kind === "number" || fit.kind === "bucket" ? undefined : fit;
  }
  const owner = features.find(({ name }) => name === tableOwner(feature));
  if (owner === undefined || !hasVocabulary(owner)) return undefined;
  const { vocabulary } = owner;
  if (vocabulary.kind === "listed") return { kind: "vocabulary", values: vocabulary.values };
  return vocabulary.kind === "hash" || vocabulary.kind === "ids" ? vocabulary : undefined;
}

/** Why ONNX cannot find out the id of a value; undefined where it can. */
function whyById(fit: KnownIds, kind: RawKind): string | undefined {
  if (fit === undefined) return undefined;
  if (fit.kind === "hash") return "ONNX has no such hash";
  if (fit.kind === "ids" && kind === "text" && fit.count > mostListedNumbers)
    return `its column holds texts, and ${fit.count} ids are too many to list`;
  if (fit.kind !== "vocabulary") return undefined;
  const bytes = fit.values.reduce((sum, { length }) => sum + length, 0);
  return bytes > largestVocabulary ? "its vocabulary is too large for a model in ONNX" : undefined;
}

/** Why a feature cannot read the input that another one reads of its column; undefined where it can. */
function whyOther(known: RawInput | undefined, { max }: RawInput): string | undefined {
  return known === undefined || known.max === max ? undefined : "another feature reads its column with another `max`";
}
