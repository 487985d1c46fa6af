/** The kinds of features and the options each takes, as data: what the checker reads and a reference prints. */
import type { ArgumentSpec } from "../arguments/arguments.js";

export const featureKinds = ["categorical", "numeric", "bucket", "bag"] as const;
export type FeatureKind = (typeof featureKinds)[number];

const embed: ArgumentSpec = { name: "embed", type: { kind: "number", min: 1, max: 65_536, integer: true }, default: 8 };
const column: ArgumentSpec = { name: "column", type: { kind: "text" }, default: null };
const dropout: ArgumentSpec = { name: "dropout", type: { kind: "number", min: 0, max: 1, maxOpen: true }, default: 0 };

/** What serving sees: a value, nothing (`none`), or the data (the default). */
function serving(value: "any" | "number"): ArgumentSpec {
  const none = { kind: "choice", values: ["none"] } as const;
  const number = { kind: "number" } as const;
  return {
    name: "serving",
    type: { kind: "either", options: value === "number" ? [none, number] : [none, number, { kind: "text" }] },
    default: null,
  };
}

/** Where ids come from: `hash`, `values`, or the values of the training data, cut by `vocab` and `min_count`. */
const vocabulary: readonly ArgumentSpec[] = [
  { name: "hash", type: { kind: "number", min: 1, max: 2 ** 31 - 2, integer: true }, default: null },
  { name: "vocab", type: { kind: "number", min: 1, max: 2 ** 31 - 2, integer: true }, default: null },
  { name: "min_count", type: { kind: "number", min: 1, integer: true }, default: null },
  { name: "values", type: { kind: "values" }, default: null },
];

export const featureSpecs: Readonly<Record<FeatureKind, readonly ArgumentSpec[]>> = {
  categorical: [...vocabulary, embed, serving("any"), dropout, column],
  numeric: [
    {
      name: "scale",
      type: { kind: "choice", values: ["none", "standard", "minmax", "log1p", "log1p_standard"] },
      default: "standard",
    },
    {
      name: "missing",
      type: { kind: "either", options: [{ kind: "choice", values: ["mean"] }, { kind: "number" }] },
      default: "mean",
    },
    serving("number"),
    dropout,
    column,
  ],
  bucket: [
    { name: "boundaries", type: { kind: "numbers" }, default: null },
    { name: "quantiles", type: { kind: "number", min: 2, max: 10_000, integer: true }, default: null },
    embed,
    serving("number"),
    dropout,
    column,
  ],
  bag: [
    ...vocabulary,
    embed,
    { name: "pool", type: { kind: "choice", values: ["mean", "sum", "max"] }, default: "mean" },
    { name: "separator", type: { kind: "text" }, default: "|" },
    { name: "max", type: { kind: "number", min: 1, max: 10_000, integer: true }, default: 32 },
    serving("any"),
    dropout,
    column,
  ],
};
