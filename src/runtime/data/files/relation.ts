/** The rows of one role as a relation: a source, or the part of it that a split gives. */
import type { ColumnExpression, SampleModel, SplitModel } from "../../../compiler/model/model.js";
import { compileBoolean, compileText, type ExpressionColumns } from "../expressions/expression-sql.js";
import { expressionColumns, relationSql, type Source } from "./source.js";
import { type LineFile, lineFiles } from "./plain-lines.js";
import { quoteText } from "./sql.js";

export interface Relation {
  readonly source: Source;
  /** SQL after FROM. */
  readonly sql: string;
  /** The files of which it is all rows, where their lines may be plain. */
  readonly lines?: readonly LineFile[] | undefined;
  readonly columns: ExpressionColumns;
  /** Rows that stand for others too: where `isNegative` holds, a row counts `factor` times. */
  readonly sampled?: { readonly isNegative: string; readonly factor: number };
}

/** Which side of a split. */
export interface SplitPart {
  readonly split: SplitModel;
  readonly part: "train" | "rest";
}

/** The name of the row number in a relation that is split by it. */
const rowNumber = "row_number";
/** The same where a sample is drawn by it. */
const trainingRow = "training_row";

/**
 * The named columns of the rows, and those that are kept as the files have them; of a split, of the rows of one part, in
 * the order of the source.
 */
export function createRelation(
  source: Source,
  names: readonly string[],
  split: SplitPart | undefined,
  kept: readonly string[] = [],
): Relation {
  const columns = expressionColumns(source, names, { plain: true });
  const whole = relationSql(source, names, { kept, plain: true });
  if (split === undefined) return { source, sql: whole, columns, lines: lineFiles(source.files) };
  const { by } = split.split;
  const rows = by.length > 0 ? whole : `(SELECT *, row_number() OVER () - 1 AS ${rowNumber} FROM ${whole})`;
  const keys = by.length > 0 ? by.map((name) => keySql(name, columns)) : [`CAST(${rowNumber} AS VARCHAR)`];
  const trains = trainsSql(keys, split.split);
  return {
    source,
    sql: `(SELECT * FROM ${rows} WHERE ${split.part === "train" ? trains : `NOT (${trains})`})`,
    columns,
  };
}

/**
 * The rows of which those where the label is known to be false are only a share, drawn by their numbers among all that
 * train.
 */
export function sampleRelation(relation: Relation, { share, seed }: SampleModel, label: ColumnExpression): Relation {
  const isNegative = `coalesce(NOT (${compileBoolean(label, relation.columns)}), false)`;
  const rows = `(SELECT *, row_number() OVER () - 1 AS ${trainingRow} FROM ${relation.sql})`;
  const isKept = hashesBelow(["sample", String(seed)].map(quoteText), [`CAST(${trainingRow} AS VARCHAR)`], share);
  return {
    ...relation,
    lines: undefined,
    sql: `(SELECT * EXCLUDE (${trainingRow}) FROM ${rows} WHERE NOT ${isNegative} OR ${isKept})`,
    sampled: { isNegative, factor: 1 / share },
  };
}

/** A key's text; null has one of its own, which no text equals. */
function keySql(name: string, columns: ExpressionColumns): string {
  const column: ColumnExpression = { kind: "column", name, span: { file: "", start: 0, end: 0 } };
  return `coalesce(${compileText(column, columns)}, chr(30))`;
}

/**
 * Whether a row trains: the lower 64 bits of the MD5 of seed and keys, joined by the unit separator (U+001F), as a share
 * of 2^64, are below the fraction. MD5 because it is the same in every version of every engine.
 */
function trainsSql(keys: readonly string[], { seed, fraction }: SplitModel): string {
  return hashesBelow([quoteText(String(seed))], keys, fraction);
}

function hashesBelow(seeds: readonly string[], keys: readonly string[], fraction: number): string {
  const text = [...seeds, ...keys].join(" || chr(31) || ");
  return `CAST(md5_number_lower(${text}) AS DOUBLE) < CAST('${fraction * 2 ** 64}' AS DOUBLE)`;
}
