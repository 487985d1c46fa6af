/** What a null of a feature with ids is read as, in SQL. */
import { missingText } from "../../../compiler/model/missing.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import type { ExpressionColumns } from "../expressions/expression-sql.js";
import { compileText } from "../expressions/expression-sql.js";
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
