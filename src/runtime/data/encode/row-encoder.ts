/** Encodes rows that a program hands in, as the same rows in a file would be. */
import { batchLayout } from "../../../compiler/model/layout.js";
import { isWeighted } from "../../../compiler/model/feature-lists.js";
import type { FeatureModel, LabelModel } from "../../../compiler/model/model.js";
import { fittedOf } from "../../../compiler/model/fitted.js";
import { nullId } from "../../../compiler/model/missing.js";
import { readingOf } from "../../../compiler/model/reading.js";
import { isPlainRecord, omitUndefined } from "../../../compiler/text/index.js";
import { createFailure } from "../../failure.js";
import type { EncodedBatch } from "../batches/dataset.js";
import { describeNeeded, describeValue } from "../files/diagnose.js";
import { evaluateBoolean, evaluateNumber, evaluateText, type RawRow } from "../expressions/expression-evaluate.js";
import {
  createBucketEncoder,
  createNumberEncoder,
  createVocabularyIds,
  listedNumber,
  listItems,
  listTexts,
  withOutside,
} from "./feature-encoder.js";
import { evaluateClass } from "./label-classes.js";
import { RowFailure } from "./row-failure.js";
import { createSequenceCheck, listedValue } from "./row-sequences.js";
import type { Fitted } from "./fitted.js";
import { createPlainCategory, createPlainNumbers, type PlainColumn, rememberingLast } from "./held/plain-columns.js";
import { createPlainIds, createPlainNumber, type PlainNumber } from "./plain-values.js";
import { createBatch } from "../batches/records.js";
import type { DataSpec } from "../uses.js";
import { type TextRules, ValueError } from "../expressions/values.js";

export interface RowEncoderOptions {
  /**
   * `data`: features, labels and sample weights as from a file. `serving`: features as serving sees them, with the values
   * that the spec states in place of those known only in training; no labels.
   */
  readonly mode: "data" | "serving";
  /** Told of each value that the training data did not hold. */
  readonly onUnseen?: (feature: string) => void;
  /** Told of each row in which a feature has no value. */
  readonly onMissing?: (feature: string) => void;
  /** What is told of each number of a `numeric` or `bucket` feature, as the row has it. */
  readonly onNumber?: (feature: string) => (value: number) => void;
}

/**
 * Encodes some rows: into a batch that this encoder made for as many, where one is given. `onRows` is told, now and then, how many of its rows are encoded.
 * Throws a {@link Failure} (MTL7113) for a value that is not what is needed.
 */
export type RowEncoder = (
  rows: readonly RawRow[],
  into?: EncodedBatch,
  onRows?: (batch: EncodedBatch, rows: number) => void,
) => EncodedBatch;

/** Rows after which it is told how many are encoded. */
const toldRows = 64;

/** Stores one row's part at a row of a batch. `isPlain`: the row has its values itself. */
export type Store = (batch: EncodedBatch, at: number, row: RawRow, isPlain: boolean) => void;

interface Column {
  readonly user: string;
  readonly store: Store;
}

/** How a feature is encoded. */
export interface FeatureStore extends Column {
  readonly feature: FeatureModel;
  /** Of a feature that is a column as it is: the column, and the short way of its values. */
  readonly plain?: PlainColumn;
}

/** Columns that a row does not name, and nulls, are unknown, as in a file. Texts are cleaned by the rules of the spec's source. */
export function createRowEncoder(
  spec: DataSpec,
  fitted: Fitted,
  options: RowEncoderOptions,
  stores: readonly FeatureStore[] = featureStores(spec, fitted, options),
): RowEncoder {
  const { mode } = options;
  const layout = batchLayout(spec);
  const rules = rulesOf(spec);
  const columns: Column[] = [...stores];
  if (mode === "data") {
    for (const [i, label] of spec.labels.entries())
      columns.push({ user: `label \`${label.name}\``, store: labelStore(label, i, layout.labels.length, rules) });
  }
  const check = sequenceCheck(spec, mode);
  const weight = mode === "data" ? spec.data.weight : undefined;
  return (rows, into, onRows) => {
    const batch = into ?? createBatch(layout, rows.length);
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as RawRow;
      storeRow(batch, at, row, columns, check);
      try {
        batch.weights[at] = weight === undefined ? 1 : weightOf(row, weight, rules, at);
      } catch (error) {
        throw rowFailure(error, at, sampleWeight);
      }
      if (onRows !== undefined && (at + 1) % toldRows === 0) onRows(batch, at + 1);
    }
    return batch;
  };
}

/** Stores what the columns have of one row, once its sequences are what the spec says. */
export function storeRow(
  batch: EncodedBatch,
  at: number,
  row: RawRow,
  columns: readonly Column[],
  check: ReturnType<typeof createSequenceCheck>,
): void {
  const isPlain = isPlainRecord(row);
  let user = "a sequence";
  try {
    const problem = check(row, { row: at + 1 });
    if (problem !== undefined) throw new RowFailure(problem, at);
    for (const column of columns) {
      user = column.user;
      column.store(batch, at, row, isPlain);
    }
  } catch (error) {
    throw rowFailure(error, at, user);
  }
}

/** The stores of all features, in their order. */
export function featureStores(spec: DataSpec, fitted: Fitted, options: RowEncoderOptions): readonly FeatureStore[] {
  const layout = batchLayout(spec);
  const rules = rulesOf(spec);
  return spec.features.map((feature) => ({
    feature,
    user: `feature \`${feature.name}\``,
    ...featureStore(feature, fitted, rules, layout, options),
  }));
}

/** What is wrong with the sequences of a row, as the mode sees them. */
export function sequenceCheck(spec: DataSpec, mode: RowEncoderOptions["mode"]): ReturnType<typeof createSequenceCheck> {
  const { features } = spec;
  const seen = mode === "data" ? features : features.filter(({ serving }) => serving.kind === "data");
  return createSequenceCheck(seen, rulesOf(spec));
}

function rulesOf({ data }: DataSpec): TextRules {
  return readingOf(data)?.options ?? { nulls: [], trim: false };
}

/** What is thrown for a row: a value that does not fit with its place, everything else as it is. */
export function rowFailure(error: unknown, row: number, user: string): unknown {
  if (!(error instanceof ValueError)) return error;
  const { column, value, needed } = error;
  const failure = createFailure("MTL7113", {
    ...describeValue(column, user),
    row: row + 1,
    value,
    needed: describeNeeded(needed),
  });
  return new RowFailure(failure, row);
}

const ignore = (): void => undefined;

function featureStore(
  feature: FeatureModel,
  fitted: Fitted,
  rules: TextRules,
  layout: ReturnType<typeof batchLayout>,
  { mode, onUnseen = ignore, onMissing = ignore, onNumber = () => ignore }: RowEncoderOptions,
): Pick<FeatureStore, "store" | "plain"> {
  const fit = fittedOf(fitted, feature);
  const slot = [...layout.ids, ...layout.numbers].find((candidate) => candidate.feature === feature.name);
  const offset = slot?.offset ?? 0;
  const { idWidth, numberWidth } = layout;
  const raw = rawValue(feature, mode);
  const column = plainColumn(feature, mode);
  const valueOf = (row: RawRow): unknown => {
    const value = listedValue({ source: raw.expression }, raw.row(row), rules) ?? null;
    if (value === null) onMissing(feature.name);
    return value;
  };
  const numbers: NumberReaders = {
    valueOf: (row) => evaluateNumber(raw.expression, raw.row(row), rules),
    plain: createPlainNumber(rules),
    observe: onNumber(feature.name),
    onMissing: () => onMissing(feature.name),
  };
  switch (feature.kind) {
    case "categorical": {
      const own = createVocabularyIds(fit);
      const ids = withOutside(feature, own);
      const unknown = nullId(feature, ids);
      const short =
        column === undefined
          ? undefined
          : createPlainCategory(column, { width: idWidth, offset }, createPlainIds(fit, own, rules));
      const store: Store = (batch, at, row, isPlain) => {
        if (isPlain && short?.put(batch, at, row[short.column]) === true) return;
        const text = evaluateText(raw.expression, raw.row(row), rules);
        const id = text === null ? unknown : ids.ofText(text);
        if (text === null) onMissing(feature.name);
        else if (id === 0) onUnseen(feature.name);
        batch.ids[at * idWidth + offset] = id;
      };
      return { store, ...omitUndefined({ plain: short }) };
    }
    case "bag":
    case "sequence": {
      const ids = createVocabularyIds(fit);
      if (isWeighted(feature)) {
        const firstWeight = layout.numbers.find((candidate) => candidate.feature === feature.name)?.offset ?? 0;
        const store: Store = (batch, at, row) => {
          const items = listItems(valueOf(row), feature, rules);
          for (let k = 0; k < feature.max; k++) {
            const item = items[k];
            const id = item === undefined ? -1 : ids.ofText(item.value);
            if (id === 0) onUnseen(feature.name);
            batch.ids[at * idWidth + offset + k] = id;
            batch.numbers[at * numberWidth + firstWeight + k] = item?.weight ?? 0;
          }
        };
        return { store };
      }
      const store: Store = (batch, at, row) => {
        const texts = listTexts(valueOf(row), feature, rules);
        const start = at * idWidth + offset;
        for (let k = 0; k < feature.max; k++) {
          const text = texts[k];
          const id = text === undefined ? -1 : text === null ? 0 : ids.ofText(text);
          if (id === 0 && text !== null) onUnseen(feature.name);
          batch.ids[start + k] = id;
        }
      };
      return { store };
    }
    case "numbers": {
      const encode = createNumberEncoder(feature, fit);
      const store: Store = (batch, at, row) => {
        const texts = listTexts(valueOf(row), feature, rules);
        const start = at * numberWidth + offset;
        for (let k = 0; k < feature.max; k++) {
          const text = texts[k];
          batch.numbers[start + k] = text === undefined ? 0 : encode(listedNumber(text));
        }
      };
      return { store };
    }
    case "numeric": {
      const encode = rememberingLast(createNumberEncoder(feature, fit));
      return numberStore(column, numbers, (batch, at, value) => {
        batch.numbers[at * numberWidth + offset] = encode(value);
      });
    }
    case "bucket": {
      const encode = rememberingLast(createBucketEncoder(feature, fit));
      return numberStore(column, numbers, (batch, at, value) => {
        batch.ids[at * idWidth + offset] = encode(value);
      });
    }
  }
}

/** Of a feature that is made of one number; `write` gets NaN where there is none. */
function numberStore(
  column: string | undefined,
  { valueOf, onMissing, observe, plain }: NumberReaders,
  write: (batch: EncodedBatch, at: number, value: number) => void,
): Pick<FeatureStore, "store" | "plain"> {
  const short = column === undefined ? undefined : createPlainNumbers(column, plain, observe, write);
  const store: Store = (batch, at, row, isPlain) => {
    if (isPlain && short?.put(batch, at, row[short.column]) === true) return;
    const value = valueOf(row) ?? NaN;
    if (Number.isNaN(value)) onMissing();
    else observe(value);
    write(batch, at, value);
  };
  return { store, ...omitUndefined({ plain: short }) };
}

/** How a feature that is one number is read, and who is told of it. */
interface NumberReaders {
  readonly valueOf: (row: RawRow) => number | null;
  readonly plain: PlainNumber;
  readonly observe: (value: number) => void;
  readonly onMissing: () => void;
}

/** What a feature is made of: its source over the row, or what the spec says that serving sees. */
function rawValue(
  { source, serving, span }: FeatureModel,
  mode: RowEncoderOptions["mode"],
): { readonly expression: FeatureModel["source"]; readonly row: (row: RawRow) => RawRow } {
  if (mode === "data" || serving.kind === "data") return { expression: source, row: (row) => row };
  const value = serving.kind === "value" ? serving.value : null;
  return { expression: { kind: "column", name: "value", span }, row: () => ({ value }) };
}

/** The column that a feature is as it is; undefined for one that is computed, or that serving has a value of. */
function plainColumn({ source, serving }: FeatureModel, mode: RowEncoderOptions["mode"]): string | undefined {
  return source.kind === "column" && (mode === "data" || serving.kind === "data") ? source.name : undefined;
}

function labelValue(label: LabelModel, row: RawRow, rules: TextRules): number | boolean | null {
  switch (label.base) {
    case "amount":
      return evaluateNumber(label.source, row, rules);
    case "event":
      return evaluateBoolean(label.source, row, rules);
    case "classes":
      return evaluateClass(label, row, rules);
  }
}

function labelStore(label: LabelModel, index: number, width: number, rules: TextRules): Store {
  return (batch, at, row) => {
    const value = labelValue(label, row, rules);
    batch.labels[at * width + index] = Number(value ?? 0);
    batch.known[at * width + index] = value === null ? 0 : 1;
  };
}

const sampleWeight = "the sample weight";

function weightOf(row: RawRow, name: string, rules: TextRules, at: number): number {
  const column = { kind: "column", name, span: { file: "", start: 0, end: 0 } } as const;
  const weight = evaluateNumber(column, row, rules);
  if (weight !== null && weight >= 0) return weight;
  throw createFailure("MTL7113", {
    ...describeValue(name, sampleWeight),
    row: at + 1,
    value: String(weight),
    needed: "a number of at least 0",
  });
}
