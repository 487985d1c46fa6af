/** Columns whose values are kept in the pass that fits, and become what rows have once it is known what is fitted. */
import type { FeatureModel } from "../../../../compiler/model/model.js";
import { textIdsOf } from "../column-encoder.js";
import type { ColumnEncoder, Counts, Target } from "../encoded-column.js";
import {
  createBucketEncoder,
  createNumberEncoder,
  createNumbersEncoder,
  createVocabularyIds,
  type VocabularyIds,
  withOutside,
} from "../feature-encoder.js";
import type { PassNumbers, PassTexts, PassWholes } from "../fit/pass-columns.js";
import type { CodedIds } from "../fit/text-counts.js";
import { nullWhole } from "../fit/whole-counts.js";
import type { IdTable } from "../../kernels/index.js";
import type { FittedFeature } from "../fitted.js";
import { createTextIds, nullText } from "../texts/text-ids.js";
import { wholesBelow } from "../texts/whole-texts.js";

type CategoricalFeature = Extract<FeatureModel, { kind: "categorical" }>;
type NumberOfRow = Extract<FeatureModel, { kind: "numeric" | "bucket" }>;

/** A column of a pass; what its encoder fills is finished later. */
export interface LateColumn {
  readonly encoder: ColumnEncoder;
  /** Whether all values so far are kept. */
  isWhole(): boolean;
  /** Bytes that are held besides the rows. */
  bytes(): number;
  /** Forgets what is kept. */
  drop(): void;
  /** What finishes the rows of chunk after chunk, in the order in which they were filled; undefined where they were not all kept. */
  finisher(fit: FittedFeature): Finisher | undefined;
}

/** Makes of what was kept of a column what rows have. */
export interface Finisher {
  readonly fill: (target: Target, counts: Counts) => void;
  /** Says the same where all that is done is to put ids in the place of codes: null and 0 are counted. */
  readonly table?: IdTable;
}

/** Numbers whose scale asks nothing of the fit: they are encoded at once, and what is missing waits for the mean at most. */
export function lateMissing(
  feature: Extract<FeatureModel, { kind: "numeric" }>,
  { sql, take }: Pick<PassNumbers, "sql" | "take">,
): LateColumn {
  const encode = createNumbersEncoder(feature, unknownMean);
  let waits = false;
  return {
    encoder: {
      sql,
      fill: (vector, { records: { floats }, first, stride, rows }, counts) => {
        const missing = encode(take(vector, rows), rows, floats, first, stride);
        counts.nulls += missing;
        if (missing > 0) waits = feature.missing === "mean";
      },
    },
    isWhole: () => true,
    bytes: () => 0,
    drop: () => undefined,
    finisher: (fit) => {
      if (!waits) return { fill: () => undefined };
      const mean = createNumberEncoder(feature, fit)(NaN);
      return {
        fill: ({ records: { floats }, first, stride, rows }) => {
          for (let i = 0, word = first; i < rows; i++, word += stride) {
            const value = floats[word]!;
            if (value !== value) floats[word] = mean;
          }
        },
      };
    },
  };
}

const unknownMean: FittedFeature = { kind: "number", mean: NaN, deviation: NaN, minimum: NaN, maximum: NaN };

/** Doubles, beside the rows until it is known what they become. */
export function lateNumbers(feature: NumberOfRow, { sql, take }: Pick<PassNumbers, "sql" | "take">): LateColumn {
  let chunks: Float64Array[] = [];
  let bytes = 0;
  let isKept = true;
  return {
    encoder: {
      sql,
      fill: (vector, { rows }) => {
        const values = take(vector, rows);
        if (!isKept) return;
        chunks.push(values.slice(0, rows));
        bytes += 8 * rows;
      },
    },
    isWhole: () => isKept,
    bytes: () => bytes,
    drop: () => {
      isKept = false;
      chunks = [];
    },
    finisher: (fit) => {
      if (!isKept) return undefined;
      const fill = fillerOf(feature, fit);
      let next = 0;
      return {
        fill: (target, counts) => {
          fill(chunks[next]!, target, counts);
          next += 1;
        },
      };
    },
  };
}

function fillerOf(
  feature: NumberOfRow,
  fit: FittedFeature,
): (values: Float64Array, target: Target, counts: Counts) => void {
  if (feature.kind === "numeric") {
    const encode = createNumbersEncoder(feature, fit);
    return (values, { records: { floats }, first, stride, rows }, counts) => {
      counts.nulls += encode(values, rows, floats, first, stride);
    };
  }
  const encode = createBucketEncoder(feature, fit);
  return (values, { records: { words }, first, stride, rows }, counts) => {
    for (let i = 0, word = first; i < rows; i++, word += stride) {
      const value = values[i]!;
      if (value !== value) counts.nulls += 1;
      words[word] = encode(value);
    }
  };
}

/** Texts are kept as their codes. */
export function lateTexts(feature: CategoricalFeature, { sql, take, plain, codedIds }: PassTexts): LateColumn {
  let isKept = true;
  return {
    encoder: {
      sql,
      fill: (vector, { records: { words }, first, stride, rows }) => {
        const codes = take(vector, rows);
        if (codes === undefined) isKept = false;
        else for (let i = 0, word = first; i < rows; i++, word += stride) words[word] = codes[i]!;
      },
    },
    isWhole: () => isKept,
    bytes: () => 0,
    drop: () => undefined,
    finisher: (fit) => {
      const ids = codedIds(
        () => createTextIds({ ...plain, ...textIdsOf(feature, fit) }),
        fit.kind === "vocabulary" ? fit : undefined,
      );
      if (ids === undefined) return undefined;
      const unknown = unknownId(feature);
      return {
        fill: ({ records: { words }, first, stride, rows }, counts) => {
          const end = first + rows * stride;
          for (let word = first; word < end; word += stride) {
            word = knownCodes(ids, words, { from: word, end, stride });
            if (word >= end) return;
            const isNull = idOfCode(ids, words[word]!) === nullText;
            if (isNull) counts.nulls += 1;
            else counts.unseen += 1;
            words[word] = isNull ? unknown : 0;
          }
        },
        table: tableOfCodes(ids, unknown),
      };
    },
  };
}

function tableOfCodes({ wholes, others }: CodedIds, unknown: number): IdTable {
  const ids = new Int32Array(wholes.length + others.length);
  ids.set(wholes);
  ids.set(others, wholes.length);
  return { ids, least: 0, from: wholesBelow, gap: wholesBelow - wholes.length, none: noCode, unknown };
}

/** A code that none is. */
const noCode = -1;

function idOfCode({ wholes, others }: CodedIds, code: number): number {
  return code < wholesBelow ? wholes[code]! : others[code - wholesBelow]!;
}

/**
 * Puts ids in the place of codes, up to the first that is of a null or of a text without an id; gives its word, else `end` or more. A function of its own,
 * without anything that a loop around it changes: it takes half the time.
 */
function knownCodes({ wholes, others }: CodedIds, words: Int32Array, { from, end, stride }: WordsOfColumn): number {
  let word = from;
  for (; word < end; word += stride) {
    const code = words[word]!;
    const id = code < wholesBelow ? wholes[code]! : others[code - wholesBelow]!;
    if (id === 0 || id === nullText) return word;
    words[word] = id;
  }
  return word;
}

/** The words of a column from some row on. */
interface WordsOfColumn {
  readonly from: number;
  readonly end: number;
  readonly stride: number;
}

function unknownId({ missing }: CategoricalFeature): number {
  return missing?.kind === "zeros" ? -1 : 0;
}

/** Whole numbers are kept as they are, where they are of 32 bits. */
export function lateWholes(feature: CategoricalFeature, { sql, take }: PassWholes): LateColumn {
  let isKept = true;
  return {
    encoder: {
      sql,
      fill: (vector, { records: { words }, first, stride, rows }) => {
        const values = take(vector, rows);
        if (values === undefined) isKept = false;
        else for (let i = 0, word = first; i < rows; i++, word += stride) words[word] = values[i]!;
      },
    },
    isWhole: () => isKept,
    bytes: () => 0,
    drop: () => undefined,
    finisher: (fit) => (isKept ? finishWholes(feature, createVocabularyIds(fit)) : undefined),
  };
}

function finishWholes(feature: CategoricalFeature, vocabulary: VocabularyIds): Finisher {
  const ids = withOutside(feature, vocabulary);
  const unknown = unknownId(feature);
  const { first: least, ids: known } = ids.wholes?.() ?? { first: 0, ids: new Int32Array(0) };
  // A number that the vocabulary leaves out has the id 0 in its table, and another one of these.
  const isWhole = ids === vocabulary && known.length > 0;
  return {
    fill: ({ records: { words }, first, stride, rows }, counts) => {
      const end = first + rows * stride;
      for (let word = first; word < end; word += stride) {
        word = knownWholes(known, least, words, { from: word, end, stride });
        if (word >= end) return;
        const value = words[word]!;
        const isNull = value === nullWhole;
        const id = isNull ? unknown : ids.ofWhole(value);
        if (isNull) counts.nulls += 1;
        else if (id === 0) counts.unseen += 1;
        words[word] = id;
      }
    },
    ...(isWhole ? { table: { ids: known, least, from: 2 ** 31 - 1, gap: 0, none: nullWhole, unknown } } : {}),
  };
}

/**
 * Puts ids in the place of numbers, up to the first number that has none in `known`, whose first id is that of `least`; gives its word, else `end` or more. A
 * function of its own, as {@link knownCodes} is.
 */
function knownWholes(
  known: Int32Array,
  least: number,
  words: Int32Array,
  { from, end, stride }: WordsOfColumn,
): number {
  const places = known.length;
  let word = from;
  for (; word < end; word += stride) {
    const place = words[word]! - least;
    if (!(place >= 0 && place < places)) return word;
    const id = known[place]!;
    if (id === 0) return word;
    words[word] = id;
  }
  return word;
}
