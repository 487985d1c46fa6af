/**
 * How each part of an encoded row is read from a chunk: what the query computes, and how its column gets into the records.
 * Texts become ids inside DuckDB, through an ENUM of the vocabulary; whole numbers and hashes become ids here.
 */
import {
  isSequence,
  type ListFeature,
  type SequenceFeature,
  type WeightedBag,
} from "../../../compiler/model/feature-lists.js";
import { fittedOf } from "../../../compiler/model/fitted.js";
import type { FeatureModel, LabelModel } from "../../../compiler/model/model.js";
import { checkedListSql, isAligned, weightsSql } from "./lists.js";
import type { ColumnEncoder, Target, Counts } from "./encoded-column.js";
import { categorySql, plainText, plainWhole } from "./missing.js";
import { BadSequence } from "./row-sequences.js";
import type { Enums } from "../expressions/enums.js";
import { compileText } from "../expressions/expression-sql.js";
import {
  createBucketEncoder,
  createNumberEncoder,
  createNumbersEncoder,
  createVocabularyIds,
  listedNumber,
  type VocabularyIds,
  weightNumber,
  withOutside,
} from "./feature-encoder.js";
import type { Fitted, FittedFeature } from "./fitted.js";
import type { Relation } from "../files/relation.js";
import { compileClass } from "./label-classes.js";
import { createNumberColumn } from "./number-column.js";
import { createBooleanColumn } from "./boolean-column.js";
import { entrySql } from "./texts/short-texts.js";
import { createTextIds, nullText, type TextIds, type TextIdsOptions } from "./texts/text-ids.js";
import { type ColumnVector, int32Of, listOf, nullHigh, textReader, wholeSql, wordPairsOf } from "./vectors.js";
import { shortWholeEncoder, textOfPair, wholeEncoder } from "./whole-encoder.js";

type CategoricalFeature = Extract<FeatureModel, { kind: "categorical" }>;

export async function createFeatureEncoder(
  enums: Enums,
  relation: Relation,
  feature: FeatureModel,
  features: readonly FeatureModel[],
  fitted: Fitted,
): Promise<ColumnEncoder> {
  const fit = fittedOf(fitted, feature);
  switch (feature.kind) {
    case "categorical":
      return categoricalEncoder(enums, relation, feature, fit);
    case "bag":
    case "sequence":
      return listFeatureEncoder(enums, relation, feature, fit, alongOf(features, feature));
    case "numbers":
      return numbersEncoder(relation, feature, fit, alongOf(features, feature));
    case "numeric":
      return numericEncoder(relation, feature, fit);
    case "bucket":
      return bucketEncoder(relation, feature, fit);
  }
}

function numericEncoder(
  { columns }: Relation,
  feature: Extract<FeatureModel, { kind: "numeric" }>,
  fit: FittedFeature,
): ColumnEncoder {
  const encode = createNumbersEncoder(feature, fit);
  const { sql, valuesOf } = createNumberColumn(feature.source, columns, { isRounded: feature.scale === "none" });
  return {
    sql,
    fill: (vector, { records: { floats }, first, stride, rows }, counts) => {
      counts.nulls += encode(valuesOf(vector, rows), rows, floats, first, stride);
    },
  };
}

function bucketEncoder(
  { columns }: Relation,
  feature: Extract<FeatureModel, { kind: "bucket" }>,
  fit: FittedFeature,
): ColumnEncoder {
  const encode = createBucketEncoder(feature, fit);
  const { sql, valuesOf } = createNumberColumn(feature.source, columns);
  return {
    sql,
    fill: (vector, { records: { words }, first, stride, rows }, counts) => {
      const values = valuesOf(vector, rows);
      for (let i = 0, word = first; i < rows; i++, word += stride) {
        const value = values[i]!;
        if (value !== value) counts.nulls += 1;
        words[word] = encode(value);
      }
    },
  };
}

async function categoricalEncoder(
  enums: Enums,
  { columns }: Relation,
  feature: CategoricalFeature,
  fit: FittedFeature,
): Promise<ColumnEncoder> {
  const { sql: text, kind } = categorySql(feature, columns);
  const unknown = feature.missing?.kind === "zeros" ? -1 : 0;
  if (kind === "integer") {
    const ids = withOutside(feature, createVocabularyIds(fit));
    const whole = plainWhole(feature, columns);
    return whole === undefined ? wholeEncoder(text, ids, unknown) : shortWholeEncoder(whole, ids, unknown);
  }
  const plain = plainText(feature, columns);
  if (plain !== undefined) {
    const { ofRows } = createTextIds({ ...plain, ...textIdsOf(feature, fit) });
    return idsEncoder(entrySql(plain.sql), ofRows, unknown);
  }
  if (fit.kind !== "vocabulary") return textEncoder(text, withOutside(feature, createVocabularyIds(fit)), unknown);
  const ids = await enums(fit.values);
  return idsEncoder(`CASE WHEN ${text} IS NULL THEN ${nullText} ELSE ${ids(text)} END`, int32Of, unknown);
}

/** Of a column that is a feature as it is: its texts as the files have them, and what makes them values. */
export function textIdsOf(feature: FeatureModel, fit: FittedFeature): Pick<TextIdsOptions, "idOf" | "vocabulary"> {
  const { ofText } = withOutside(feature, createVocabularyIds(fit));
  return fit.kind === "vocabulary" ? { idOf: ofText, vocabulary: fit } : { idOf: ofText };
}

/** `idsOf`: the id of each row, {@link nullText} of a null; `unknown` is what that is encoded as. */
function idsEncoder(sql: string, idsOf: TextIds["ofRows"], unknown: number): ColumnEncoder {
  return {
    sql,
    fill: (vector, { records: { words }, first, stride, rows }, counts) => {
      const found = idsOf(vector, rows);
      for (let i = 0, word = first; i < rows; i++, word += stride) {
        const id = found[i]!;
        if (id === nullText) counts.nulls += 1;
        else if (id === 0) counts.unseen += 1;
        words[word] = id === nullText ? unknown : id;
      }
    },
  };
}

function textEncoder(sql: string, ids: VocabularyIds, unknown: number): ColumnEncoder {
  return {
    sql,
    fill: (vector, { records: { words }, first, stride, rows }, counts) => {
      const text = textReader(vector);
      for (let i = 0, word = first; i < rows; i++, word += stride) {
        const value = text(i);
        const id = value === null ? unknown : ids.ofText(value);
        if (value === null) counts.nulls += 1;
        else if (id === 0) counts.unseen += 1;
        words[word] = id;
      }
    },
  };
}

async function listFeatureEncoder(
  enums: Enums,
  relation: Relation,
  feature: Exclude<ListFeature, { kind: "numbers" }>,
  fit: FittedFeature,
  along: ListFeature | undefined,
): Promise<ColumnEncoder> {
  const list = checkedListSql(feature, relation, along);
  if (fit.kind === "vocabulary") {
    const ids = await enums(fit.values);
    const id = isAligned(feature) ? `CASE WHEN x IS NULL THEN 0 ELSE ${ids("x")} END` : ids("x");
    return listEncoder(feature.max, `list_transform(${list}, lambda x: ${id})`, (elements) => {
      const found = int32Of(elements);
      return (i) => found[i]!;
    });
  }
  const ids = createVocabularyIds(fit);
  return listEncoder(feature.max, list, (elements) => {
    const text = textReader(elements);
    return (i) => {
      const value = text(i);
      return value === null ? 0 : ids.ofText(value);
    };
  });
}

/** The sequence that another one is along, which has as many values per row. */
function alongOf(features: readonly FeatureModel[], feature: ListFeature): ListFeature | undefined {
  if (feature.kind === "bag" || feature.along === undefined || feature.along === feature.name) return undefined;
  return features.find((each): each is SequenceFeature => each.name === feature.along && isSequence(each));
}

/** Numbers at positions; 0 where a row has no more. */
function numbersEncoder(
  relation: Relation,
  feature: Extract<FeatureModel, { kind: "numbers" }>,
  fit: FittedFeature,
  along: ListFeature | undefined,
): ColumnEncoder {
  const encode = createNumberEncoder(feature, fit);
  const { max } = feature;
  return {
    sql: checkedListSql(feature, relation, along),
    fill: (vector, { records: { floats }, first, stride, step, rows }, counts) => {
      const list = listOf(vector);
      const text = textReader(list.elements);
      for (let i = 0; i < rows; i++) {
        const word = first + i * stride;
        const start = list.start(i);
        const length = checkedLength(list.length(i), max);
        if (length === 0) counts.nulls += 1;
        for (let k = 0; k < length; k++) floats[word + k * step] = encode(listedNumber(text(start + k)));
        for (let k = length; k < max; k++) floats[word + k * step] = 0;
      }
    },
  };
}

/** The weights of a bag's values; 0 where a row has no more. */
export function createWeightEncoder(relation: Relation, feature: WeightedBag): ColumnEncoder {
  const { max } = feature;
  return {
    sql: weightsSql(feature, relation),
    fill: (vector, { records: { floats }, first, stride, step, rows }) => {
      const list = listOf(vector);
      const text = textReader(list.elements);
      for (let i = 0; i < rows; i++) {
        const word = first + i * stride;
        const start = list.start(i);
        const length = list.length(i);
        for (let k = 0; k < length; k++) {
          const weight = weightNumber(text(start + k));
          if (weight !== weight) throw new BadSequence();
          floats[word + k * step] = weight;
        }
        for (let k = length; k < max; k++) floats[word + k * step] = 0;
      }
    },
  };
}

function checkedLength(length: number, max: number): number {
  if (length > max) throw new BadSequence();
  return length;
}

/** The places that a row does not use hold −1. */
function listEncoder(
  max: number,
  sql: string,
  idsOf: (elements: ColumnVector) => (index: number) => number,
): ColumnEncoder {
  return {
    sql,
    fill: (vector, { records: { words }, first, stride, step, rows }, counts) => {
      const list = listOf(vector);
      const idOf = idsOf(list.elements);
      for (let i = 0; i < rows; i++) {
        const word = first + i * stride;
        const start = list.start(i);
        const length = checkedLength(list.length(i), max);
        if (length === 0) counts.nulls += 1;
        for (let k = 0; k < length; k++) {
          const id = idOf(start + k);
          if (id === 0) counts.unseen += 1;
          words[word + k * step] = id;
        }
        for (let k = length; k < max; k++) words[word + k * step] = -1;
      }
    },
  };
}

/** Labels are numbers, NaN where they are null. */
export function createLabelEncoder({ columns }: Relation, label: LabelModel): ColumnEncoder {
  if (label.base === "amount") {
    const { sql, valuesOf } = createNumberColumn(label.source, columns, { isRounded: true });
    return {
      sql,
      fill: (vector, target, counts) => fillLabel(valuesOf(vector, target.rows), target, counts, (value) => value),
    };
  }
  if (label.base === "classes")
    return {
      sql: compileClass(label, columns),
      fill: (vector, target, counts) =>
        fillLabel(int32Of(vector), target, counts, (value) => (value < 0 ? NaN : value)),
    };
  const { sql, valuesOf } = createBooleanColumn(label.source, columns);
  return {
    sql,
    fill: (vector, target, counts) =>
      fillLabel(valuesOf(vector, target.rows), target, counts, (value) => (value < 0 ? NaN : value)),
  };
}

function fillLabel(
  values: Float64Array | Int32Array | Int8Array,
  { records: { floats }, first, stride, rows }: Target,
  counts: Counts,
  convert: (value: number) => number,
): void {
  for (let i = 0, word = first; i < rows; i++, word += stride) {
    const value = convert(values[i]!);
    if (value !== value) counts.nulls += 1;
    floats[word] = value;
  }
}

/** Dense codes of a grouping column, from 0 in the order in which values are first met; −1 for null. */
export interface GroupEncoder {
  readonly sql: string;
  codes(vector: ColumnVector, rows: number): Int32Array;
}

export function createGroupEncoder({ columns }: Relation, name: string): GroupEncoder {
  const { sql, kind } = columns(name);
  const codes = new Map<number | string, number>();
  const codeOf = (key: number | string): number => {
    const known = codes.get(key);
    if (known !== undefined) return known;
    codes.set(key, codes.size);
    return codes.size - 1;
  };
  if (kind !== "integer") {
    const text = compileText({ kind: "column", name, span: { file: "", start: 0, end: 0 } }, columns);
    return {
      sql: text,
      codes: (vector, rows) => {
        const read = textReader(vector);
        return Int32Array.from({ length: rows }, (_, i) => {
          const value = read(i);
          return value === null ? -1 : codeOf(value);
        });
      },
    };
  }
  return {
    sql: wholeSql(sql),
    codes: (vector, rows) => {
      const pairs = wordPairsOf(vector);
      return Int32Array.from({ length: rows }, (_, i) => {
        const low = pairs[2 * i]!;
        const high = pairs[2 * i + 1]!;
        if (high === nullHigh && low === 0) return -1;
        const value = high * 2 ** 32 + (low >>> 0);
        return codeOf(Number.isSafeInteger(value) ? value : textOfPair(low, high));
      });
    },
  };
}
