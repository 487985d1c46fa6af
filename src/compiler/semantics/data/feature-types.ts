/** The kinds of features and the options each takes, as data: what the checker reads and a reference prints. */
import type { ArgumentSpec } from "../arguments/arguments.js";

/** An option of a feature, with one sentence for editors. */
type FeatureOption = ArgumentSpec & { readonly doc: string };

/** What a kind of feature is to those who write specs. */
interface FeatureKindRow {
  /** One sentence for editors. */
  readonly summary: string;
  readonly options: readonly FeatureOption[];
  /** What a formula that reads the feature gets, as a candidate provides it; it may be missing. */
  readonly value: "number" | "text" | "texts";
}

const embed: FeatureOption = {
  name: "embed",
  doc: "Width of the embedding; `auto` takes it from the size of the vocabulary.",
  type: {
    kind: "oneOf",
    options: [
      { kind: "number", min: 1, max: 65_536, integer: true },
      { kind: "choice", values: ["auto"] },
    ],
  },
  default: 8,
};
const column: FeatureOption = {
  name: "column",
  doc: "The column, when it is not the one of the feature's name.",
  type: { kind: "text" },
  default: null,
};
const dropout: FeatureOption = {
  name: "dropout",
  doc: "Share of rows in which training hides the value.",
  type: { kind: "number", min: 0, max: 1, maxOpen: true },
  default: 0,
};

const scale: FeatureOption = {
  name: "scale",
  doc: "How the number is rescaled, from the training data.",
  type: { kind: "choice", values: ["none", "standard", "minmax", "log1p", "log1p_standard"] },
  default: "standard",
};
const missing: FeatureOption = {
  name: "missing",
  doc: "What is for a missing number.",
  type: { kind: "oneOf", options: [{ kind: "choice", values: ["mean"] }, { kind: "number" }] },
  default: "mean",
};

/** What serving sees: a value, nothing (`none`, read as false, since `"none"` is a value), or the data (the default). */
function serving(value: "any" | "number"): FeatureOption {
  const none = { kind: "choice", values: ["none"], reads: false } as const;
  const number = { kind: "number" } as const;
  return {
    name: "serving",
    doc: "What serving sees instead of the data; `none` leaves the part that reads it out.",
    type: { kind: "oneOf", options: value === "number" ? [none, number] : [none, number, { kind: "text" }] },
    default: null,
  };
}

/** What a null is read as; `zeros` is read as false, since `"zeros"` is a value. */
function missingValue(value: "any" | "number" | "of a list"): FeatureOption {
  const number = { kind: "number" } as const;
  const values = value === "number" ? [number] : [{ kind: "text" } as const, number];
  const zeros = { kind: "choice", values: ["zeros"], reads: false } as const;
  return {
    name: "missing",
    doc:
      value === "of a list"
        ? "The value of a row without any."
        : "What a null is read as: a value, or `zeros` for a vector of zeros.",
    type: { kind: "oneOf", options: value === "of a list" ? values : [zeros, ...values] },
    default: null,
  };
}

/** Where ids come from: `hash`, `ids`, `values`, or the values of the training data, cut by `vocab` and `min_count`. */
const vocabulary: readonly FeatureOption[] = [
  {
    name: "hash",
    doc: "Number of ids that a hash of the value is mapped to.",
    type: { kind: "number", min: 1, max: 2 ** 31 - 2, integer: true },
    default: null,
    excludes: ["ids", "vocab", "min_count", "values", "like"],
  },
  {
    name: "ids",
    doc: "The values are ids already: whole numbers from 0, below this one.",
    type: { kind: "number", min: 1, max: 2 ** 31 - 2, integer: true },
    default: null,
    excludes: ["hash", "vocab", "min_count", "values", "like"],
  },
  {
    name: "vocab",
    doc: "The most frequent values of the training data, at most so many.",
    type: { kind: "number", min: 1, max: 2 ** 31 - 2, integer: true },
    default: null,
    excludes: ["hash", "ids", "values", "like"],
  },
  {
    name: "min_count",
    doc: "How often the training data must have a value for it to get an id.",
    type: { kind: "number", min: 1, integer: true },
    default: null,
    excludes: ["hash", "ids", "values", "like"],
  },
  {
    name: "values",
    doc: "All values that there are.",
    type: { kind: "literals" },
    default: null,
    excludes: ["hash", "ids", "vocab", "min_count", "like"],
  },
  {
    name: "like",
    doc: "The feature whose ids and embeddings it has too.",
    type: { kind: "reference", to: "feature" },
    default: null,
    excludes: ["hash", "ids", "vocab", "min_count", "values"],
  },
];

/** What values that are not among the ids of `ids: n` are. */
const outside: FeatureOption = {
  name: "outside",
  doc: "What a value that is not among the ids of `ids:` is read as: `unknown`, or what `missing:` says of a null.",
  type: { kind: "choice", values: ["unknown", "missing"] },
  default: "unknown",
  elided: true,
  excludes: ["hash", "vocab", "min_count", "values", "like"],
};

const separator: FeatureOption = {
  name: "separator",
  doc: "What is between values in a text.",
  type: { kind: "text" },
  default: "|",
};

const rows = {
  categorical: {
    summary: "Ids from a vocabulary, looked up in an embedding table.",
    options: [...vocabulary, embed, missingValue("any"), outside, serving("any"), dropout, column],
    value: "text",
  },
  numeric: {
    summary: "A number, scaled.",
    options: [
      scale,
      {
        ...missing,
        doc: "What is for a missing number; `none` leaves it missing, which only trees can read.",
        type: { kind: "oneOf", options: [{ kind: "choice", values: ["mean", "none"] }, { kind: "number" }] },
      },
      serving("number"),
      dropout,
      column,
    ],
    value: "number",
  },
  bucket: {
    summary: "A number cut into ranges, each with a row in an embedding table.",
    options: [
      {
        name: "boundaries",
        doc: "Where one range ends and the next begins, in rising order.",
        type: { kind: "numbers" },
        default: null,
        excludes: ["quantiles", "bins"],
      },
      {
        name: "quantiles",
        doc: "Number of ranges with equally many rows of the training data.",
        type: { kind: "number", min: 2, max: 10_000, integer: true },
        default: null,
        excludes: ["boundaries", "bins"],
      },
      {
        name: "bins",
        doc: "Number of ranges, a frequent value of the training data in one of its own, the others with equally many rows.",
        type: { kind: "number", min: 2, max: 10_000, integer: true },
        default: null,
        excludes: ["boundaries", "quantiles"],
      },
      embed,
      missingValue("number"),
      serving("number"),
      dropout,
      column,
    ],
    value: "number",
  },
  bag: {
    summary: "Several values per row, their embeddings pooled.",
    options: [
      ...vocabulary,
      embed,
      {
        name: "pool",
        doc: "How the embeddings of the values become one.",
        type: { kind: "choice", values: ["mean", "sum", "max"] },
        default: "mean",
      },
      separator,
      {
        name: "max",
        doc: "Values that are used at most, the first ones.",
        type: { kind: "number", min: 1, max: 10_000, integer: true },
        default: 32,
      },
      {
        name: "weighted",
        doc: "Each value has a weight after a colon, `news:0.7`, 1 where it has none; `pool` counts it.",
        type: { kind: "boolean" },
        default: false,
      },
      missingValue("of a list"),
      serving("any"),
      dropout,
      column,
    ],
    value: "texts",
  },
  sequence: {
    summary: "The values of a row in their order, each with its embedding: to be pooled or attended over.",
    options: [
      ...vocabulary,
      embed,
      {
        ...scale,
        doc: "Its values are numbers, rescaled so, not ids.",
        default: null,
        excludes: vocabulary.map(({ name }) => name),
      },
      { ...missing, default: null, excludes: vocabulary.map(({ name }) => name) },
      {
        name: "along",
        doc: "The sequence at whose positions its values are, one by one: both have one mask.",
        type: { kind: "reference", to: "feature" },
        default: null,
        excludes: ["max", "keep", "serving", "dropout"],
      },
      separator,
      {
        name: "max",
        doc: "Values that are used at most.",
        type: { kind: "number", min: 1, max: 10_000, integer: true },
        default: 50,
      },
      {
        name: "keep",
        doc: "Which values are used of more than `max`; `all`: none may have more.",
        type: { kind: "choice", values: ["last", "first", "all"] },
        default: "last",
      },
      serving("any"),
      dropout,
      column,
    ],
    value: "texts",
  },
} as const satisfies Readonly<Record<string, FeatureKindRow>>;

export type FeatureKind = keyof typeof rows;

/** The kinds of features by their names, in the order in which editors offer them. */
export const featureKinds: Readonly<Record<FeatureKind, FeatureKindRow>> = rows;

/** The kind of that name, which may be any text. */
export function findFeatureKind(name: string): FeatureKind | undefined {
  return featureKindNames.find((each) => each === name);
}

export const featureKindNames = Object.keys(rows) as readonly FeatureKind[];
