/** Rows whose sequences are not what the spec says: aligned ones of different lengths, more values than `max`. */
import {
  isListFeature,
  isSequence,
  isWeighted,
  type ListFeature,
  positionsOf,
  type SequenceFeature,
} from "../../../compiler/model/feature-lists.js";
import type { FeatureModel } from "../../../compiler/model/model.js";
import { own } from "../../../compiler/text/index.js";
import { createFailure, type Failure } from "../../failure.js";
import { evaluateText, type RawRow } from "../expressions/expression-evaluate.js";
import { columnsOf } from "../expressions/expression.js";
import { showValue, type TextRules, ValueError } from "../expressions/values.js";
import type { Database } from "../files/database.js";
import { describeNeeded, describeValue } from "../files/diagnose.js";
import { relationSql, type Source } from "../files/source.js";
import { cellOf } from "./cells.js";
import { allTexts, listedNumber, listItems } from "./feature-encoder.js";

/** Thrown where a chunk has a row that breaks what its sequences say; {@link findBadSequence} says which. */
export class BadSequence extends Error {
  override readonly name = "BadSequence";
}

/** A row in a file, or in a call. */
interface Place {
  readonly file?: string;
  readonly row: number;
}

/** The value of a feature of several values in a row, as the row has it. */
export function listedValue({ source }: Pick<FeatureModel, "source">, row: RawRow, rules: TextRules): unknown {
  return source.kind === "column" ? own(row, source.name) : evaluateText(source, row, rules);
}

/** The first thing that is wrong with a row's sequences. Without such features it looks at nothing. */
export function createSequenceCheck(
  features: readonly FeatureModel[],
  rules: TextRules,
): (row: RawRow, place: Place) => Failure | undefined {
  const checked = features.filter(
    (feature): feature is SequenceFeature =>
      isSequence(feature) && (positionsOf(feature) !== feature.name || feature.keep === "all"),
  );
  const lengthOf = (feature: ListFeature, row: RawRow): number =>
    allTexts(listedValue(feature, row, rules), feature, rules).length;
  const alongOf = (feature: SequenceFeature): FeatureModel | undefined =>
    positionsOf(feature) === feature.name
      ? undefined
      : features.find((each) => each.name === feature.along && isListFeature(each));
  const weighted = features.filter(isWeighted);
  const all = checked.map((feature) => ({ feature, along: alongOf(feature) }));
  return (row, place) => {
    for (const { feature, along } of all) {
      const { name, max, keep, span } = feature;
      const length = lengthOf(feature, row);
      const other = along === undefined || !isListFeature(along) ? length : lengthOf(along, row);
      if (other !== length)
        return createFailure("MTL7340", { ...place, name, length, along: along?.name ?? "", other }, span);
      if (keep === "all" && length > max) return createFailure("MTL7341", { ...place, name, length, max }, span);
    }
    for (const feature of weighted) {
      const { name, span } = feature;
      const bad = listItems(listedValue(feature, row, rules), feature, rules).find(({ weight }) =>
        Number.isNaN(weight),
      );
      if (bad !== undefined) return createFailure("MTL7375", { ...place, name, item: showValue(bad.item) }, span);
    }
    return undefined;
  };
}

/** The failure of the first row, in the order of the files, that a {@link BadSequence} or a text among numbers is about. */
export async function findBadSequence(
  database: Database,
  source: Source,
  features: readonly FeatureModel[],
): Promise<Failure | undefined> {
  const sequences = features.filter(isSequence);
  const checked = [...sequences, ...features.filter(isWeighted)];
  const columns = [...new Set(checked.flatMap(({ source: expression }) => columnsOf(expression)))];
  const { rules } = source;
  const check = createSequenceCheck(checked, rules);
  for (const schema of source.files) {
    const file = schema.file.shown;
    let row = 0;
    for await (const chunk of database.stream(`SELECT * FROM ${relationSql({ ...source, files: [schema] }, columns)}`))
      for (const values of chunk.getRows()) {
        row += 1;
        const record: RawRow = Object.fromEntries(columns.map((name, i) => [name, cellOf(values[i] ?? null)]));
        const found = check(record, { file, row }) ?? badNumber(sequences, record, rules, { file, row });
        if (found !== undefined) return found;
      }
  }
  return undefined;
}

function badNumber(
  features: readonly SequenceFeature[],
  record: RawRow,
  rules: TextRules,
  { file = "", row }: Place,
): Failure | undefined {
  for (const feature of features) {
    if (feature.kind !== "numbers") continue;
    try {
      for (const text of allTexts(listedValue(feature, record, rules), feature, rules)) listedNumber(text);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const column = feature.source.kind === "column" ? feature.source.name : undefined;
      const described = describeValue(column, `feature \`${feature.name}\``);
      const needed = describeNeeded(error.needed);
      return createFailure("MTL7105", { ...described, file, row, value: error.value, needed }, feature.span);
    }
  }
  return undefined;
}
