/**
 * Fits the features to the training data: vocabularies, moments, ranges, boundaries. What is fitted depends only on the rows and
 * their order, never on the number of threads.
 */
import {
  isListFeature,
  type ListFeature,
  tableOwner,
  type VocabularyFeature,
} from "../../../../compiler/model/feature-lists.js";
import type { FeatureModel } from "../../../../compiler/model/model.js";
import { numberTransform } from "../../../../compiler/model/scales.js";
import { createFailure } from "../../../failure.js";
import type { ExpressionColumns } from "../../expressions/expression-sql.js";
import type { Database } from "../../files/database.js";
import { createEarlyRows, type EarlyRequest, type EarlyRows } from "../early/early-rows.js";
import { plainColumns } from "../encode.js";
import { listedNumber } from "../feature-encoder.js";
import { fitBoundaries } from "./boundaries.js";
import { type Fitted, type FittedFeature, fittedWithoutData } from "../fitted.js";
import { listSql } from "../lists.js";
import { categorySql, plainText } from "../missing.js";
import type { Relation } from "../../files/relation.js";
import { int32Of, textReader } from "../vectors.js";
import { orByDatabase, streamColumns } from "../texts/stream-columns.js";
import { seeTexts } from "../texts/see-texts.js";
import { createMoments } from "./moments.js";
import { passCategory, type PassColumns, passNumbers } from "./pass-columns.js";
import { createTextRoom } from "./text-counts.js";

type NumericFeature = Extract<FeatureModel, { kind: "numeric" }>;
type NumbersFeature = Extract<FeatureModel, { kind: "numbers" }>;

/** Vocabularies of texts counted in one pass over the rows; DuckDB numbers grouping sets in 63 bits. */
const vocabulariesAtOnce = 48;

/**
 * One pass for all numbers and for vocabularies of whole numbers and of short texts, one for (up to 48) other vocabularies, one for each bag and sequence, two for each
 * bucket with `quantiles` or `bins`.
 */
export async function fitFeatures(
  database: Database,
  relation: Relation,
  features: readonly FeatureModel[],
): Promise<Fitted> {
  return orByDatabase(relation, async (given) => {
    const seen = await seeTexts(database, given, features.flatMap(fittedColumn));
    return (await fitRelation(database, seen, features, undefined)).fitted;
  });
}

/**
 * The same, and the rows themselves are taken in the one pass where that is all that is needed. What is wrong with the rows rejects as well, whatever the
 * fit reads of them.
 */
export async function fitAndKeep(database: Database, request: EarlyRequest): Promise<FittedAndRows> {
  const names = [...request.features.flatMap(fittedColumn), ...plainColumns(request)];
  return orByDatabase(request.relation, async (given) => {
    const relation = await seeTexts(database, given, names);
    return fitRelation(database, relation, request.features, { ...request, relation });
  });
}

export interface FittedAndRows {
  readonly fitted: Fitted;
  /** Undefined where rows are not kept. */
  readonly early: EarlyRows | undefined;
}

async function fitRelation(
  database: Database,
  relation: Relation,
  features: readonly FeatureModel[],
  keeps: EarlyRequest | undefined,
): Promise<FittedAndRows> {
  const found = new Map<string, FittedFeature>();
  const categories: VocabularyFeature[] = [];
  const numbers: NumericFeature[] = [];
  const lists: NumbersFeature[] = [];
  for (const feature of features) {
    if (tableOwner(feature) !== feature.name) continue;
    const known = fittedWithoutData(feature);
    if (known !== undefined) found.set(feature.name, known);
    else if (feature.kind === "numeric") numbers.push(feature);
    else if (feature.kind === "bucket")
      found.set(feature.name, { kind: "bucket", boundaries: await fitBoundaries(database, relation, feature) });
    else if (feature.kind === "numbers") lists.push(feature);
    else if (isListFeature(feature))
      found.set(feature.name, { kind: "vocabulary", values: await fitList(database, relation, feature) });
    else categories.push(feature);
  }
  const long = categories.filter((feature) => isGrouped(feature, relation.columns));
  const passes = passColumns(
    relation.columns,
    numbers,
    categories.filter((each) => !long.includes(each)),
  );
  const early = keeps === undefined || long.length > 0 ? undefined : await createEarlyRows(keeps, passes);
  const [rows] = await bothOf(
    fitPlain(database, relation, { passes, early, isOnly: long.length === 0 }, found),
    fitVocabularies(database, relation, long, found),
  );
  // Whole numbers that are too far apart, and texts of which there are too many.
  await fitVocabularies(
    database,
    relation,
    categories.filter(({ name }) => !found.has(name)),
    found,
  );
  for (const feature of lists) found.set(feature.name, await fitNumberList(database, relation, feature));
  // In the order of the spec, so that equal fits are equal texts.
  const entries = features.map(({ name }) => [name, found.get(name)] as const);
  const fits = Object.fromEntries(entries.filter((entry): entry is [string, FittedFeature] => !!entry[1]));
  return { fitted: { rows, features: fits }, early };
}

/** The column that a number or a category is, which the fit reads. */
function fittedColumn(feature: FeatureModel): readonly string[] {
  const { source, name } = feature;
  if (tableOwner(feature) !== name || source.kind !== "column" || fittedWithoutData(feature) !== undefined) return [];
  return feature.kind === "numeric" || feature.kind === "categorical" ? [source.name] : [];
}

/** The failure when a feature needs training data and there is none. */
export function fitWithoutData(features: readonly FeatureModel[]): Fitted {
  const owners = features.filter((feature) => tableOwner(feature) === feature.name);
  const entries = owners.map((feature) => {
    const known = fittedWithoutData(feature);
    if (known === undefined) throw createFailure("MTL7115", { feature: feature.name }, feature.span);
    return [feature.name, known] as const;
  });
  return { rows: 0, features: Object.fromEntries(entries) };
}

/** Waits for both; rejects with what the first one rejects with, else the second. */
async function bothOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Counts the values of features by the database, (up to 48) at a time, beside other queries. */
async function fitVocabularies(
  database: Database,
  relation: Relation,
  features: readonly VocabularyFeature[],
  found: Map<string, FittedFeature>,
): Promise<void> {
  for (let i = 0; i < features.length; i += vocabulariesAtOnce)
    await fitTogether(database, relation, features.slice(i, i + vocabulariesAtOnce), found);
}

/** Counts the values of several features in one pass, by grouping sets. */
async function fitTogether(
  database: Database,
  { sql, columns }: Relation,
  features: readonly VocabularyFeature[],
  found: Map<string, FittedFeature>,
): Promise<void> {
  const keys = features.map((feature, i) => {
    // Whole numbers are grouped as such, which is faster than by their texts.
    return { name: `k${i}`, sql: categorySql(feature, columns).sql };
  });
  const names = keys.map(({ name }) => name);
  const texts = names.map((name) => `CAST(${name} AS VARCHAR)`);
  const query =
    `SELECT CAST(feature AS INTEGER), value FROM (` +
    `SELECT CASE ${names.map((name, i) => `WHEN GROUPING(${name}) = 0 THEN ${i}`).join(" ")} END AS feature, ` +
    `coalesce(${texts.join(", ")}) AS value, count(*) AS n ` +
    `FROM (SELECT ${keys.map((key) => `${key.sql} AS ${key.name}`).join(", ")} FROM ${sql}) ` +
    `GROUP BY GROUPING SETS (${names.map((name) => `(${name})`).join(", ")})) ` +
    `WHERE value IS NOT NULL AND n >= ${minimumSql(features)} ORDER BY feature, n DESC, value`;
  const values: string[][] = features.map(() => []);
  const limits = features.map(limitOf);
  for await (const chunk of database.stream(query, "own")) {
    const feature = int32Of(chunk.getColumnVector(0));
    const text = textReader(chunk.getColumnVector(1));
    for (let i = 0; i < chunk.rowCount; i++) {
      const index = feature[i] ?? 0;
      const list = values[index];
      const value = text(i);
      if (list !== undefined && value !== null && list.length < (limits[index] ?? Infinity)) list.push(value);
    }
  }
  for (const [i, feature] of features.entries())
    found.set(feature.name, { kind: "vocabulary", values: values[i] ?? [] });
}

function limitOf({ vocabulary }: VocabularyFeature): number {
  return vocabulary.kind === "fitted" ? (vocabulary.limit ?? Infinity) : Infinity;
}

function minimumOf({ vocabulary }: VocabularyFeature): number {
  return vocabulary.kind === "fitted" ? vocabulary.minCount : 1;
}

function minimumSql(features: readonly VocabularyFeature[]): string {
  return `CASE feature ${features.map((feature, i) => `WHEN ${i} THEN ${minimumOf(feature)}`).join(" ")} END`;
}

/** The values of a bag or a sequence, in the order of their number among all values that are used. */
async function fitList(
  database: Database,
  relation: Relation,
  feature: Extract<ListFeature, VocabularyFeature>,
): Promise<readonly string[]> {
  const limit = limitOf(feature);
  const query =
    `SELECT value FROM (SELECT unnest(${listSql(feature, relation)}) AS value FROM ${relation.sql}) ` +
    `WHERE value IS NOT NULL GROUP BY value HAVING count(*) >= ${minimumOf(feature)} ORDER BY count(*) DESC, value` +
    (limit === Infinity ? "" : ` LIMIT ${limit}`);
  const values: string[] = [];
  for await (const chunk of database.stream(query)) {
    const text = textReader(chunk.getColumnVector(0));
    for (let i = 0; i < chunk.rowCount; i++) values.push(text(i) ?? "");
  }
  return values;
}

interface PlainPass {
  readonly passes: PassColumns;
  /** Reads the columns of the passes, and those of the rows besides. */
  readonly early: EarlyRows | undefined;
  /** Whether no other statement is under way. */
  readonly isOnly: boolean;
}

function passColumns(
  columns: ExpressionColumns,
  numbers: readonly NumericFeature[],
  categories: readonly VocabularyFeature[],
): PassColumns {
  const room = createTextRoom();
  return {
    numbers: new Map(
      numbers.map((feature) => [feature.name, passNumbers(feature, columns, numberTransform(feature))] as const),
    ),
    categories: new Map(
      categories.flatMap((feature) => {
        const pass = passCategory(feature, columns, room);
        return pass === undefined ? [] : [[feature.name, pass] as const];
      }),
    ),
    room,
  };
}

/**
 * Mean and deviation of numbers by Welford's method in the order of the rows, and vocabularies of whole numbers that are near enough to each other and of
 * short texts; returns the number of rows.
 */
async function fitPlain(
  database: Database,
  relation: Relation,
  { passes, early, isOnly }: PlainPass,
  found: Map<string, FittedFeature>,
): Promise<number> {
  const { numbers, categories } = passes;
  const columns = [...numbers.values(), ...categories.values()];
  const selected = early?.sql ?? columns.map((column) => column.sql);
  if (selected.length === 0) {
    const [[count] = []] = await database.rows(`SELECT count(*) FROM ${relation.sql}`);
    return Number(count ?? 0);
  }
  let rows = 0;
  for await (const chunk of streamColumns(database, relation, selected, isOnly ? "beside" : undefined)) {
    if (early !== undefined) early.take(chunk);
    else for (const [i, { take }] of columns.entries()) take(chunk.getColumnVector(i), chunk.rowCount);
    rows += chunk.rowCount;
  }
  for (const [name, { result }] of numbers) found.set(name, result());
  for (const [name, { values, feature }] of categories) {
    const counted = values(minimumOf(feature), limitOf(feature));
    if (counted !== undefined) found.set(name, counted);
  }
  return rows;
}

/** Whether only the database counts. */
function isGrouped(feature: VocabularyFeature, columns: ExpressionColumns): boolean {
  return categorySql(feature, columns).kind !== "integer" && plainText(feature, columns) === undefined;
}

/** Of the values at positions that count. */
async function fitNumberList(database: Database, relation: Relation, feature: NumbersFeature): Promise<FittedFeature> {
  const moment = createMoments(numberTransform(feature));
  const query = `SELECT unnest(${listSql(feature, relation)}) FROM ${relation.sql}`;
  for await (const chunk of database.stream(query)) {
    const text = textReader(chunk.getColumnVector(0));
    const values = Float64Array.from({ length: chunk.rowCount }, (_, i) => listedNumber(text(i)));
    moment.add(values, chunk.rowCount);
  }
  return moment.result();
}
