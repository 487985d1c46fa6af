/** Features of several values per row in SQL: the list of a row's values as texts, as `listTexts` makes it of a single row. */
import type { ListFeature } from "../../../compiler/model/feature-lists.js";
import { compileText } from "../expressions/expression-sql.js";
import type { Relation } from "../files/relation.js";
import { missingText } from "./missing.js";
import { cleanSql, quoteText, type ScalarKind, textSql } from "../files/sql.js";

/** SQL of a VARCHAR[]: never null, at most `max` values, no nulls in it but those of aligned sequences. */
export function listSql(feature: ListFeature, relation: Relation): string {
  const range = keepsLast(feature) ? `-${feature.max}:` : `1:${feature.max}`;
  const values = `${allSql(feature, relation)}[${range}]`;
  const missing = missingText(feature);
  return missing === undefined
    ? `coalesce(${values}, [])`
    : `coalesce(nullif(${values}, CAST([] AS VARCHAR[])), [${quoteText(missing)}])`;
}

/** {@link listSql}, but of more than `max` values where a row breaks what its sequence says. */
export function checkedListSql(feature: ListFeature, relation: Relation, along: ListFeature | undefined): string {
  const length = (of: ListFeature): string => `len(coalesce(${allSql(of, relation)}, []))`;
  const isLimited = feature.kind === "sequence" && feature.keep === "all";
  const conditions = [
    ...(along === undefined ? [] : [`${length(feature)} = ${length(along)}`]),
    ...(isLimited ? [`${length(feature)} <= ${feature.max}`] : []),
  ];
  const list = listSql(feature, relation);
  return conditions.length === 0
    ? list
    : `CASE WHEN ${conditions.join(" AND ")} THEN ${list} ELSE list_resize(CAST([] AS VARCHAR[]), ${feature.max + 1}) END`;
}

function allSql(feature: ListFeature, { source, columns }: Relation): string {
  const type = feature.source.kind === "column" ? source.column(feature.source.name) : undefined;
  const [list, element]: readonly [string, ScalarKind] =
    type?.kind === "list" && feature.source.kind === "column"
      ? [columns(feature.source.name).sql, type.element]
      : [`string_split(${compileText(feature.source, columns)}, ${quoteText(feature.separator)})`, "text"];
  const text = textSql(cleanSql("x", element, source.rules), element);
  const texts = `list_transform(${list}, lambda x: ${text})`;
  return isAligned(feature) ? texts : `list_filter(${texts}, lambda x: x IS NOT NULL)`;
}

/** Whether the last values are used of a row that has more than `max`; else the first ones. */
export function keepsLast(feature: ListFeature): boolean {
  return feature.kind !== "bag" && feature.keep === "last";
}

/** Whether its values are at positions that other sequences have too, so that a null is a value that is unknown. */
export function isAligned(feature: ListFeature): boolean {
  return feature.kind !== "bag" && feature.along !== undefined;
}
