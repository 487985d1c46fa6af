/** Bags in SQL: the list of a row's values as texts, as `bagTexts` makes it of a single row. */
import type { FeatureModel } from "../../../compiler/model/model.js";
import { compileText } from "../expressions/expression-sql.js";
import type { Relation } from "../files/relation.js";
import { cleanSql, quoteText, type ScalarKind, textSql } from "../files/sql.js";

type BagFeature = Extract<FeatureModel, { kind: "bag" }>;

/** SQL of a VARCHAR[]: never null, no nulls in it, at most `max` values. */
export function bagListSql(feature: BagFeature, { source, columns }: Relation): string {
  const type = feature.source.kind === "column" ? source.column(feature.source.name) : undefined;
  const [list, element]: readonly [string, ScalarKind] =
    type?.kind === "list" && feature.source.kind === "column"
      ? [columns(feature.source.name).sql, type.element]
      : [`string_split(${compileText(feature.source, columns)}, ${quoteText(feature.separator)})`, "text"];
  const text = textSql(cleanSql("x", element, source.rules), element);
  return `coalesce(list_filter(list_transform(${list}, lambda x: ${text}), lambda x: x IS NOT NULL)[1:${feature.max}], [])`;
}
