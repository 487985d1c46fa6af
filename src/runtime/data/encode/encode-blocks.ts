/** Encodes the rows of a relation into batches, block after block, while they are read: for rows that are needed once. */
import { type BlockTaker, chunkRows } from "../batches/blocks.js";
import type { EncodingReport } from "../batches/dataset.js";
import { copyBatch, createRecords, type Records, rowsOfBatch } from "../batches/records.js";
import type { Database } from "../files/database.js";
import {
  createColumns,
  type EncodeRequest,
  fillWeights,
  fittedEncoders,
  plainColumns,
  reportOf,
  type RowPart,
  type Violation,
  violationsOf,
  weightSql,
  withinChecks,
} from "./encode.js";
import { createFailure } from "../../failure.js";
import { UnplainLines } from "../files/plain-lines.js";
import type { Relation } from "../files/relation.js";
import { type ColumnChunk, knownLines, streamColumns } from "./texts/stream-columns.js";
import { seeTexts } from "./texts/see-texts.js";
import { float64Of } from "./vectors.js";

/** What is encoded, as {@link EncodeRequest}; groups and lists are none of a row's numbers. */
export type BlocksRequest = Omit<EncodeRequest, "group" | "lists" | "groupedBy" | "keyed">;

export interface BlocksResult {
  readonly report: EncodingReport;
  readonly violations: readonly Violation[];
}

/** Rejects with what `take` rejects with, and as `encodeRelation` does. */
export async function encodeBlocks(database: Database, given: BlocksRequest, taker: BlockTaker): Promise<BlocksResult> {
  // What was given is not taken back.
  const known = await knownLines(given.relation, database.signal);
  const request = { ...given, relation: await seeTexts(database, known, plainColumns(given)) };
  const { relation, layout, labels } = request;
  const weight = weightSql(relation, request.weight);
  const columns = await createColumns(request, fittedEncoders(request));
  const selected = [...columns.map(({ encoder }) => encoder.sql), ...(weight === undefined ? [] : [weight])];
  const strides: Readonly<Record<RowPart, number>> = {
    ids: layout.idWidth,
    numbers: layout.numberWidth,
    labels: layout.labels.length,
  };
  // Of labels, what is wrong with them is told, and nothing else.
  const labelsOnly = createRecords({ ...layout, ids: [], idWidth: 0, numbers: [], numberWidth: 0 }, chunkRows);
  // Batches that are predicted have no labels.
  const unlabelled = { ...layout, labels: [] };
  const checks = withinChecks(request, 0);
  let rows = 0;
  let filled = 0;
  let batch = taker.room();
  for await (const chunk of chunksOf(database, relation, selected)) {
    const count = chunk.rowCount;
    const records: Records = { words: batch.ids, floats: batch.numbers };
    for (const [i, { part, offset, encoder, counts }] of columns.entries()) {
      const stride = strides[part];
      const target =
        part === "labels"
          ? { records: labelsOnly, first: offset, stride, step: 1, rows: count }
          : { records, first: filled * stride + offset, stride, step: 1, rows: count };
      encoder.fill(chunk.getColumnVector(i), target, counts);
    }
    const weights = weight === undefined ? undefined : float64Of(chunk.getColumnVector(columns.length));
    fillWeights(batch.weights, weights, filled, count);
    if (labels.length > 0) for (const check of checks) check.run(labelsOnly, layout.labels.length, count);
    rows += count;
    filled += count;
    request.onRows(rows);
    while (filled >= taker.rows) {
      await taker.take(batch, taker.rows);
      const next = taker.room();
      copyBatch(rowsOfBatch(batch, unlabelled, taker.rows, filled - taker.rows), unlabelled, next, 0);
      batch = next;
      filled -= taker.rows;
    }
  }
  if (filled > 0) await taker.take(batch, filled);
  return { report: reportOf(rows, columns), violations: violationsOf(checks) };
}

/** Throws a {@link Failure} (MTL7121) where lines are other ones than those that were looked through. */
async function* chunksOf(
  database: Database,
  relation: Relation,
  selected: readonly string[],
): AsyncIterableIterator<ColumnChunk> {
  try {
    yield* streamColumns(database, relation, selected);
  } catch (error) {
    if (!(error instanceof UnplainLines)) throw error;
    throw createFailure("MTL7121", { file: relation.source.files.map(({ file }) => file.shown).join(", ") });
  }
}
