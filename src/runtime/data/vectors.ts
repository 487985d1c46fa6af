/** Embeddings of vectors from a file: which row of a table has which vector. */
import { dirname, resolve } from "node:path";
import type { ColumnExpression, FeatureModel } from "../../compiler/model/model.js";
import type { Span } from "../../compiler/text/index.js";
import { createFailure, type Failure } from "../failure.js";
import { openCacheFolder } from "./batches/cache.js";
import { fittedOf } from "../../compiler/model/fitted.js";
import { createVocabularyIds } from "./encode/feature-encoder.js";
import type { Fitted } from "./encode/fitted.js";
import { float64Of, type ListColumn, listOf, textReader } from "./encode/vectors.js";
import { compileFinite, compileText } from "./expressions/expression-sql.js";
import { type Database, withDatabase } from "./files/database.js";
import { explainReadError, type Reading } from "./files/diagnose.js";
import { requestOfArguments } from "./files/files.js";
import { expressionColumns, openSource, relationSql, type Source } from "./files/source.js";

/** A piece of a table, row by row: the vector of each id, zeros for those that the file does not have. */
export interface TableVectors {
  readonly width: number;
  /** [rows, width]. */
  readonly data: Float32Array;
}

/** What is asked of a file: `embedding(feature, width, from: "path")`. */
export interface VectorsRequest {
  /** The name of the piece. */
  readonly piece: string;
  readonly feature: FeatureModel;
  /** Relative to the spec's folder. */
  readonly path: string;
  readonly width: number;
  /** So many times side by side: the tables of experts. */
  readonly copies: number;
  /** Rows of the piece, "unknown" included. */
  readonly rows: number;
  /** Of the call. */
  readonly span: Span;
}

/** By the names of pieces. Throws a `Failure` for a file that does not fit. */
export async function readVectors(
  requests: readonly VectorsRequest[],
  fitted: Fitted,
  options: { readonly specPath: string; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<string, TableVectors>> {
  const found = new Map<string, TableVectors>();
  if (requests.length === 0) return found;
  const specFolder = dirname(resolve(options.specPath));
  const folder = await openCacheFolder(specFolder);
  await withDatabase({ folder, signal: options.signal }, async (database) => {
    for (const request of requests)
      found.set(request.piece, await readTable(database, request, { fitted, specFolder }));
  });
  return found;
}

async function readTable(
  database: Database,
  request: VectorsRequest,
  { fitted, specFolder }: { readonly fitted: Fitted; readonly specFolder: string },
): Promise<TableVectors> {
  const { feature, path, width, copies, rows, span } = request;
  const source = await openSource(database, { ...requestOfArguments([path], undefined), folder: specFolder, span });
  const columns = vectorColumns(source, request);
  const ids = createVocabularyIds(fittedOf(fitted, feature));
  const data = new Float32Array(rows * width * copies);
  let known = 0;
  const take: TakeVector = (text, length, value, row) => {
    if (length !== width) throw wrongWidth(request, length);
    const id = text === null ? 0 : ids.ofText(text);
    if (id === 0) return;
    known += 1;
    for (let unit = 0; unit < width; unit += 1) {
      const number = Math.fround(value(unit));
      if (!Number.isFinite(number)) throw unfit(request, `row ${row} has no finite number at position ${unit + 1}`);
      for (let copy = 0; copy < copies; copy += 1) data[(id * copies + copy) * width + unit] = number;
    }
  };
  try {
    await readRows(database, source, columns, take);
  } catch (error) {
    const user = `the table of \`${feature.name}\``;
    const readings = columns.units.map((name): Reading => ({
      expression: columnOf(name, source),
      as: "number",
      user,
      span,
    }));
    throw await explainReadError(database, source, readings, error);
  }
  if (known === 0) throw unfit(request, `none of its ids is a value of \`${feature.name}\` in the training data`);
  return { width: width * copies, data };
}

/** (id, numbers in its vector, one of them, row of the file from 1). */
type TakeVector = (id: string | null, length: number, value: (unit: number) => number, row: number) => void;

function unfit({ feature, path, width, span }: VectorsRequest, problem: string): Failure {
  return createFailure("MTL7342", { file: path, problem }, span, {
    help: `a file of vectors has the column \`${feature.name}\`, with values as in the data, and beside it one of lists of ${width} numbers, or ${width} of numbers`,
  });
}

function wrongWidth({ feature, path, width, span }: VectorsRequest, found: number): Failure {
  return createFailure("MTL7343", { file: path, found, width }, span, {
    help: `write the width of the file: \`embedding(${feature.name}, ${found}, from: "${path}")\``,
  });
}

interface VectorColumns {
  readonly id: string;
  /** One column of lists, or one for each unit. */
  readonly list?: string;
  readonly units: readonly string[];
}

/** The column of the feature's name, and beside it one of lists of numbers or a number per column. */
function vectorColumns(source: Source, request: VectorsRequest): VectorColumns {
  const names = (source.files[0]?.columns ?? []).map(({ name }) => name);
  const id = request.feature.name;
  if (!names.includes(id)) throw unfit(request, `it has no column \`${id}\``);
  const others = names.filter((name) => name !== id);
  const isNumbers = (kind: string | undefined): boolean => kind === "number" || kind === "integer";
  const lists = others.filter((name) => source.column(name)?.kind === "list");
  const [list] = lists;
  if (list !== undefined) {
    const kind = source.column(list);
    if (others.length > 1) throw unfit(request, `it has \`${list}\`, a column of lists, and others besides`);
    if (kind?.kind === "list" && isNumbers(kind.element)) return { id, list, units: [] };
    throw unfit(request, `its column \`${list}\` has lists of other things than numbers`);
  }
  // The numbers of text files are read one by one.
  const wrong = others.find((name) => {
    const kind = source.column(name)?.kind;
    return !isNumbers(kind) && kind !== "text";
  });
  if (wrong !== undefined) throw unfit(request, `its column \`${wrong}\` has other things than numbers`);
  return { id, units: others };
}

async function readRows(
  database: Database,
  source: Source,
  { id, list, units }: VectorColumns,
  take: TakeVector,
): Promise<void> {
  const names = [id, ...(list === undefined ? units : [list])];
  const columns = expressionColumns(source, names);
  const text = compileText(columnOf(id, source), columns);
  const values =
    list === undefined
      ? units.map((name) => `coalesce(${compileFinite(columnOf(name, source), columns)}, CAST('nan' AS DOUBLE))`)
      : [
          `coalesce(list_transform(${columns(list).sql}, lambda x: coalesce(CAST(x AS DOUBLE), CAST('nan' AS DOUBLE))), [])`,
        ];
  let rows = 0;
  for await (const chunk of database.stream(
    `SELECT ${[text, ...values].join(", ")} FROM ${relationSql(source, names)}`,
  )) {
    const textOf = textReader(chunk.getColumnVector(0));
    const vectors =
      list === undefined
        ? vectorsOfColumns(units.map((_, unit) => float64Of(chunk.getColumnVector(unit + 1))))
        : vectorsOfLists(listOf(chunk.getColumnVector(1)));
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const { length, value } = vectors(row);
      take(textOf(row), length, value, rows + row + 1);
    }
    rows += chunk.rowCount;
  }
}

function columnOf(name: string, { span }: Source): ColumnExpression {
  return { kind: "column", name, span };
}

/** The vector in a row. */
type VectorAt = (row: number) => { readonly length: number; readonly value: (unit: number) => number };

function vectorsOfColumns(columns: readonly Float64Array[]): VectorAt {
  return (row) => ({ length: columns.length, value: (unit) => columns[unit]?.[row] ?? NaN });
}

function vectorsOfLists(lists: ListColumn): VectorAt {
  const elements = float64Of(lists.elements);
  return (row) => {
    const start = lists.start(row);
    return { length: lists.length(row), value: (unit) => elements[start + unit] ?? NaN };
  };
}
