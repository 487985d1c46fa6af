/** Rows that a program hands in, as serving sees them. */
import type { FeatureModel, Model } from "../../../compiler/model/model.js";
import type { RawRow } from "./expression-evaluate.js";
import { createFailure } from "../../failure.js";

/** The model without metrics and the columns that serving never sees: the graph has their value, and files need not hold them. */
export function asServed(model: Model): Model {
  const { weight: _weight, group: _group, ...data } = model.data;
  return { ...model, features: servedFeatures(model.features), data, metrics: [] };
}

/** The features with a value in the place of each column that serving never sees. */
export function servedFeatures(features: readonly FeatureModel[]): readonly FeatureModel[] {
  return features.map((feature): FeatureModel => {
    if (feature.serving.kind === "data") return feature;
    const value = feature.kind === "numeric" || feature.kind === "bucket" ? 0 : "";
    return { ...feature, source: { kind: "literal", value, span: feature.span } };
  });
}

/** A program without types may hand in anything: throws a {@link Failure} (MTL7211) for what is not a list of records. */
export function checkRows(rows: unknown): readonly RawRow[] {
  const isRecord = (row: unknown): row is RawRow => typeof row === "object" && row !== null && !Array.isArray(row);
  if (Array.isArray(rows) && rows.every(isRecord)) return rows;
  const fault = Array.isArray(rows) ? `a list that holds ${kindOf(rows.find((row) => !isRecord(row)))}` : kindOf(rows);
  throw createFailure("MTL7211", { found: fault });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "one record";
  return value === undefined || value === null ? String(value) : `a ${typeof value}`;
}
