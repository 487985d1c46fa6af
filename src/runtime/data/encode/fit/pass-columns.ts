/** Columns that the pass which fits reads, and what it counts of them. */
import type { VocabularyFeature } from "../../../../compiler/model/feature-lists.js";
import type { FeatureModel } from "../../../../compiler/model/model.js";
import type { ExpressionColumns } from "../../expressions/expression-sql.js";
import type { FittedFeature } from "../fitted.js";
import { categorySql, plainText, plainWhole } from "../missing.js";
import { createNumberColumn } from "../number-column.js";
import { entrySql } from "../texts/short-texts.js";
import { type ColumnVector, int32Of, validityOf, wholeSql, wordPairsOf } from "../vectors.js";
import { createMoments } from "./moments.js";
import { createTextCounts, type TextCounts, type TextRoom } from "./text-counts.js";
import { createWholeCounts, type WholeCounts } from "./whole-counts.js";

interface Pass<Taken> {
  readonly sql: string;
  /** Counts the first `rows` rows of a chunk, and gives what their values are, good until the next call. */
  take(vector: ColumnVector, rows: number): Taken;
}

export interface PassNumbers extends Pass<Float64Array> {
  result(): FittedFeature;
}

export interface PassTexts extends Pass<Int32Array | undefined>, Pick<TextCounts, "values" | "codedIds"> {
  readonly kind: "texts";
  readonly feature: VocabularyFeature;
  readonly plain: NonNullable<ReturnType<typeof plainText>>;
}

/** Whole numbers of 32 bits, a null being {@link nullWhole}; undefined where some are not to be told so. */
export interface PassWholes extends Pass<Int32Array | undefined>, Pick<WholeCounts, "values"> {
  readonly kind: "wholes";
  readonly feature: VocabularyFeature;
}

/** What one pass reads, by feature. */
export interface PassColumns {
  readonly numbers: ReadonlyMap<string, PassNumbers>;
  readonly categories: ReadonlyMap<string, PassTexts | PassWholes>;
  readonly room: TextRoom;
}

/** `transform`: of the numbers before their mean and deviation are taken. */
export function passNumbers(
  { source }: FeatureModel,
  columns: ExpressionColumns,
  transform: (value: number) => number,
): PassNumbers {
  const { sql, valuesOf } = createNumberColumn(source, columns);
  const { add, result } = createMoments(transform);
  return {
    sql,
    take: (vector, rows) => {
      const values = valuesOf(vector, rows);
      add(values, rows);
      return values;
    },
    result,
  };
}

/** Undefined where only the database counts. */
export function passCategory(
  feature: VocabularyFeature,
  columns: ExpressionColumns,
  room: TextRoom,
): PassTexts | PassWholes | undefined {
  const { sql, kind } = categorySql(feature, columns);
  if (kind === "integer") {
    return passWholes(feature, wholeSql(sql), plainWhole(feature, columns));
  }
  const plain = plainText(feature, columns);
  if (plain === undefined) return undefined;
  const { add, values, codedIds } = createTextCounts(plain.rules, plain.missing, room);
  return {
    kind: "texts",
    feature,
    plain,
    sql: entrySql(plain.sql),
    take: (vector, rows) => add(vector, rows),
    values,
    codedIds,
  };
}

/** `short` is the SQL of the numbers where they are of at most 32 bits, `long` that of them as they are. */
function passWholes(feature: VocabularyFeature, long: string, short: string | undefined): PassWholes {
  const { add, addShort, values } = createWholeCounts();
  let into = new Int32Array(0);
  const room = (rows: number): Int32Array => {
    if (into.length < rows) into = new Int32Array(rows);
    return into;
  };
  if (short === undefined)
    return {
      kind: "wholes",
      feature,
      sql: long,
      take: (vector, rows) => (add(wordPairsOf(vector), rows, room(rows)) ? into : undefined),
      values,
    };
  return {
    kind: "wholes",
    feature,
    sql: `CAST(${short} AS INTEGER)`,
    take: (vector, rows) => (addShort(int32Of(vector), rows, validityOf(vector), room(rows)) ? into : undefined),
    values,
  };
}
