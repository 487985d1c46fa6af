/** Features of several values per row in SQL: the list of a row's values as texts, as `listTexts` makes it of a single row. */
import type { ListFeature } from "../../../compiler/model/feature-lists.js";
import { compileText } from "../expressions/expression-sql.js";
import type { Relation } from "../files/relation.js";
import { cleanSql, quoteText, type ScalarKind, textSql } from "../files/sql.js";

/** SQL of a VARCHAR[]: never null, no nulls in it, at most `max` values. */
export function listSql(feature: ListFeature, { source, columns }: Relation): string {
  const type = feature.source.kind === "column" ? source.column(feature.source.name) : undefined;
  const [list, element]: readonly [string, ScalarKind] =
    type?.kind === "list" && feature.source.kind === "column"
      ? [columns(feature.source.name).sql, type.element]
      : [`string_split(${compileText(feature.source, columns)}, ${quoteText(feature.separator)})`, "text"];
  const text = textSql(cleanSql("x", element, source.rules), element);
  const range = keepsLast(feature) ? `-${feature.max}:` : `1:${feature.max}`;
  return `coalesce(list_filter(list_transform(${list}, lambda x: ${text}), lambda x: x IS NOT NULL)[${range}], [])`;
}

/** Whether the last values are used of a row that has more than `max`; else the first ones. */
export function keepsLast(feature: ListFeature): boolean {
  return feature.kind === "sequence" && feature.keep === "last";
}
