/** What a null of a feature with ids is read as, in SQL and for single rows. */
import { canMiss } from "../../../compiler/model/feature-lists.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import { canonicalText } from "../../../compiler/text/index.js";
import type { ExpressionColumns } from "../expressions/expression-sql.js";
import { compileText } from "../expressions/expression-sql.js";
import { quoteText } from "../files/sql.js";

/** The value that stands for a null, as cells have it; undefined where none does. */
export function missingText(feature: FeatureModel): string | undefined {
  if (!canMiss(feature) || feature.missing === undefined || feature.missing.kind === "zeros") return undefined;
  return canonicalText(String(feature.missing.value));
}

/** The id of a null. −1 is a vector of zeros. */
export function nullId(feature: FeatureModel, ids: { ofText(text: string): number }): number {
  if (canMiss(feature) && feature.missing?.kind === "zeros") return -1;
  const text = missingText(feature);
  return text === undefined ? 0 : ids.ofText(text);
}

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
