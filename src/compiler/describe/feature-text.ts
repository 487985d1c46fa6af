import {
  isSequence,
  isWeighted,
  positionsOf,
  type FeatureModel,
  type LabelClass,
  type LabelModel,
  type MissingId,
  type NumberFeature,
  type SequenceFeature,
  type Vocabulary,
  type VocabularyFeature,
} from "../model/index.js";
import { columnText } from "./column-text.js";
import { nameText, numberText } from "./value-text.js";
import { quote } from "../text/index.js";

/** `categorical(hash: 1_000_000, embed: 16, …)`, with where its values come from when that is not a column of its name. */
export function featureText(feature: FeatureModel): string {
  const options = [...typeOptions(feature), ...commonOptions(feature)];
  const column = ownColumn(feature.source);
  if (column === undefined) return `${featureKind(feature)}(${options.join(", ")}) = ${columnText(feature.source)}`;
  const source = column === feature.name ? [] : [`column: ${quote(column)}`];
  return `${featureKind(feature)}(${[...options, ...source].join(", ")})`;
}

/** The word of the language for its kind. */
export function featureKind({ kind }: FeatureModel): Exclude<FeatureModel["kind"], "numbers"> {
  return kind === "numbers" ? "sequence" : kind;
}

function ownColumn(source: FeatureModel["source"]): string | undefined {
  return source.kind === "column" ? source.name : undefined;
}

function typeOptions(feature: FeatureModel): readonly string[] {
  switch (feature.kind) {
    case "numeric":
      return numberOptions(feature);
    case "bucket":
      return [boundariesText(feature.boundaries), `embed: ${numberText(feature.embed)}`, ...missingOption(feature)];
    case "categorical":
      return [...embeddingOptions(feature), ...missingOption(feature)];
    case "bag":
      return [
        ...embeddingOptions(feature),
        `pool: ${feature.pool}`,
        `separator: ${quote(feature.separator)}`,
        `max: ${numberText(feature.max)}`,
        ...(isWeighted(feature) ? ["weighted: true"] : []),
        ...missingOption(feature),
      ];
    case "sequence":
      return [...embeddingOptions(feature), `separator: ${quote(feature.separator)}`, ...positionOptions(feature)];
    case "numbers":
      return [...numberOptions(feature), `separator: ${quote(feature.separator)}`, ...positionOptions(feature)];
  }
}

function numberOptions({ scale, missing }: NumberFeature): readonly string[] {
  return [`scale: ${scale}`, `missing: ${typeof missing === "string" ? missing : numberText(missing)}`];
}

/** Which values count; of a sequence along another one, its name. */
function positionOptions(feature: SequenceFeature): readonly string[] {
  return positionsOf(feature) === feature.name
    ? [`max: ${numberText(feature.max)}`, `keep: ${feature.keep}`]
    : [`along: ${nameText(positionsOf(feature))}`];
}

function missingOption({ missing }: { readonly missing?: MissingId }): readonly string[] {
  return missing === undefined ? [] : [`missing: ${missingIdText(missing)}`];
}

/** What a null is read as, and what is outside: `zeros`, `"0"`, `17, outside: missing`. */
export function missingIdText(missing: MissingId): string {
  const { outside } = missing;
  return `${missingValueText(missing)}${outside === true ? ", outside: missing" : ""}`;
}

function missingValueText(missing: MissingId): string {
  if (missing.kind === "zeros") return "zeros";
  return typeof missing.value === "number" ? numberText(missing.value) : quote(missing.value);
}

/** Where ids and embeddings come from. */
function embeddingOptions({ vocabulary, embed }: VocabularyFeature): readonly string[] {
  const own = vocabularyOptions(vocabulary);
  return vocabulary.kind === "like" ? own : [...own, `embed: ${numberText(embed)}`];
}

function commonOptions(feature: FeatureModel): readonly string[] {
  if (isSequence(feature) && positionsOf(feature) !== feature.name) return [];
  const { serving, dropout } = feature;
  const rate = `dropout: ${numberText(dropout)}`;
  switch (serving.kind) {
    // There is no word for it: the data is what serving sees when nothing is said.
    case "data":
      return [rate];
    case "none":
      return ["serving: none", rate];
    case "value":
      return [`serving: ${servingText(serving)}`, rate];
  }
}

/** What serving sees: `data`, `none` or a value. */
export function servingText(serving: FeatureModel["serving"]): string {
  if (serving.kind !== "value") return serving.kind;
  return typeof serving.value === "number" ? numberText(serving.value) : quote(serving.value);
}

/** `boundaries: [6, 12]`, `quantiles: 20`, `bins: 20`. */
export function boundariesText(boundaries: Extract<FeatureModel, { kind: "bucket" }>["boundaries"]): string {
  return boundaries.kind === "listed"
    ? `boundaries: [${boundaries.values.map(numberText).join(", ")}]`
    : `${boundaries.kind}: ${numberText(boundaries.count)}`;
}

/** `hash: 1_000_000`; `values: [...]`; `vocab: 20_000, min_count: 5`, each value of the data when there is no limit. */
export function vocabularyOptions(vocabulary: Vocabulary): readonly string[] {
  switch (vocabulary.kind) {
    case "hash":
      return [`hash: ${numberText(vocabulary.buckets)}`];
    case "ids":
      return [`ids: ${numberText(vocabulary.count)}`];
    case "listed":
      return [`values: [${vocabulary.values.map(quote).join(", ")}]`];
    case "like":
      return [`like: ${nameText(vocabulary.feature)}`];
    case "fitted":
      return [
        ...(vocabulary.limit === undefined ? [] : [`vocab: ${numberText(vocabulary.limit)}`]),
        `min_count: ${numberText(vocabulary.minCount)}`,
      ];
  }
}

/** `sport, news, estate: "real estate"`, or how many there are. */
export function classesText(classes: readonly LabelClass[]): string {
  if (typeof classes[0]?.value === "number") return String(classes.length);
  return classes.map(({ name, value }) => (name === value ? name : `${name}: ${quote(String(value))}`)).join(", ");
}

/** `event within click`, `amount(seconds) within click = watched / 1000`. */
export function labelText(label: LabelModel): string {
  const type =
    label.classes !== undefined
      ? `classes(${classesText(label.classes)})`
      : label.unit === undefined
        ? label.base
        : `${label.base}(${label.unit})`;
  const [nearest] = label.within;
  const within = nearest === undefined ? "" : ` within ${nearest}`;
  const isOwn = label.source.kind === "column" && label.source.name === label.name;
  return `${type}${within}${isOwn ? "" : ` = ${columnText(label.source)}`}`;
}
