/** What a null of a feature with ids is read as, in SQL. */
import { missingText } from "../../../compiler/model/missing.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import { compileText, type ExpressionColumns } from "../expressions/expression-sql.js";
import type { TextRules } from "../expressions/values.js";
import { quoteText } from "../files/sql.js";

/** SQL of a category: a whole number where its column is one, else a text. Null only where a null stays one. */
export function categorySql(
  feature: FeatureModel,
  columns: ExpressionColumns,
): { readonly sql: string; readonly kind: "integer" | "text" } {
  const { source } = feature;
  const missing = missingText(feature);
  const column = source.kind === "column" ? columns(source.name) : undefined;
  if (column?.kind === "integer" && (missing === undefined || /^-?(?:0|[1-9][0-9]{0,17})$/.test(missing)))
    return { sql: missing === undefined ? column.sql : `coalesce(${column.sql}, ${missing})`, kind: "integer" };
  const text = compileText(source, columns);
  return { sql: missing === undefined ? text : `coalesce(${text}, ${quoteText(missing)})`, kind: "text" };
}

/** The texts of a category as its files have them, where it is a column whose texts are read by their entries; a null reads as `missing`. */
export function plainText(
  feature: FeatureModel,
  columns: ExpressionColumns,
): { readonly sql: string; readonly rules: TextRules; readonly missing: string | undefined } | undefined {
  const { source } = feature;
  const plain = source.kind === "column" ? columns(source.name).plain : undefined;
  if (plain?.kind !== "text") return undefined;
  return { sql: plain.sql, rules: plain.rules, missing: missingText(feature) };
}

/** A category as its files have it, where it is a column of integers of at most 32 bits and a null stays one. */
export function plainWhole(feature: FeatureModel, columns: ExpressionColumns): string | undefined {
  const { source } = feature;
  const plain = source.kind === "column" ? columns(source.name).plain : undefined;
  return plain?.kind === "whole" && missingText(feature) === undefined ? plain.sql : undefined;
}
