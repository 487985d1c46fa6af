/** Features of several values per row in SQL: the list of a row's values as texts, as `listTexts` makes it of a single row. */
import { isWeighted, type ListFeature, type WeightedBag } from "../../../compiler/model/feature-lists.js";
import { compileText } from "../expressions/expression-sql.js";
import type { Relation } from "../files/relation.js";
import { missingText } from "../../../compiler/model/missing.js";
import { cleanSql, quoteText, type ScalarKind, textSql } from "../files/sql.js";

/** SQL of a VARCHAR[]: never null, at most `max` values, no nulls in it but those of aligned sequences. */
export function listSql(feature: ListFeature, relation: Relation): string {
  const items = usedSql(feature, relation);
  const values = isWeighted(feature) ? `list_transform(${items}, lambda x: ${valueSql(relation)})` : items;
  return orMissing(values, missingText(feature));
}

/** SQL of a VARCHAR[]: the texts of the weights of a bag's values, as {@link listSql} has the values. */
export function weightsSql(feature: WeightedBag, relation: Relation): string {
  const weight = `CASE WHEN contains(x, ':') THEN regexp_extract(x, ':([^:]*)\\z', 1) ELSE '1' END`;
  const weights = `list_transform(${usedSql(feature, relation)}, lambda x: ${weight})`;
  return orMissing(weights, missingText(feature) === undefined ? undefined : "1");
}

/** The value of the item `x` of a weighted bag: \z is the end of a text, even of one that ends in a line break. */
function valueSql({ source }: Relation): string {
  return cleanSql("regexp_replace(x, ':[^:]*\\z', '')", "text", source.rules);
}

function usedSql(feature: ListFeature, relation: Relation): string {
  const range = keepsLast(feature) ? `-${feature.max}:` : `1:${feature.max}`;
  return `${allSql(feature, relation)}[${range}]`;
}

function orMissing(values: string, missing: string | undefined): string {
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

function allSql(feature: ListFeature, relation: Relation): string {
  const { source, columns } = relation;
  const type = feature.source.kind === "column" ? source.column(feature.source.name) : undefined;
  const [list, element]: readonly [string, ScalarKind] =
    type?.kind === "list" && feature.source.kind === "column"
      ? [columns(feature.source.name).sql, type.element]
      : [`string_split(${compileText(feature.source, columns)}, ${quoteText(feature.separator)})`, "text"];
  const text = textSql(cleanSql("x", element, source.rules), element);
  const texts = `list_transform(${list}, lambda x: ${text})`;
  if (isAligned(feature)) return texts;
  const isValue = `${isWeighted(feature) ? valueSql(relation) : "x"} IS NOT NULL`;
  return `list_filter(${texts}, lambda x: ${isValue})`;
}

/** Whether the last values are used of a row that has more than `max`; else the first ones. */
export function keepsLast(feature: ListFeature): boolean {
  return feature.kind !== "bag" && feature.keep === "last";
}

/** Whether its values are at positions that other sequences have too, so that a null is a value that is unknown. */
export function isAligned(feature: ListFeature): boolean {
  return feature.kind !== "bag" && feature.along !== undefined;
}
