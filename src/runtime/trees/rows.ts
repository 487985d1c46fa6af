/** Encoded rows as trees are made and measured on them: all at once, in memory. */
import type { Model, TreeHead } from "../../compiler/model/index.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Fitted } from "../data/index.js";
import type { LabelRows } from "../measure/sample-space.js";
import { createColumnReader } from "./columns.js";

/** The rows of a data set in file order. */
export interface TreeRows extends LabelRows {
  /** Sample weights, [rows]. */
  readonly weights: Float32Array;
  /** What the trees of each task read: row-major [rows, columns]. */
  readonly columns: ReadonlyMap<string, Float32Array>;
}

const batchSize = 8192;

/** `view`: what trees are made of is what was recorded, what they are measured on is what serving would see. */
export function readTreeRows(
  data: Dataset,
  { model, fitted, tasks }: { readonly model: Model; readonly fitted: Fitted; readonly tasks: readonly TreeHead[] },
  view: "recorded" | "served",
): TreeRows {
  const width = model.labels.length;
  const labels = new Float32Array(data.rows * width);
  const known = new Float32Array(data.rows * width);
  const weights = new Float32Array(data.rows);
  const columns = tasks.map((task) => ({
    name: task.head.name,
    width: task.features.length,
    read: createColumnReader(model, fitted, task),
    values: new Float32Array(data.rows * task.features.length),
  }));
  let row = 0;
  for (const batch of data.batches({ size: batchSize, pad: false })) {
    labels.set(batch.labels.subarray(0, batch.rows * width), row * width);
    known.set(batch.known.subarray(0, batch.rows * width), row * width);
    weights.set(batch.weights.subarray(0, batch.rows), row);
    for (const column of columns) column.values.set(column.read(batch, batch.rows, view), row * column.width);
    row += batch.rows;
  }
  return {
    rows: data.rows,
    labels: model.labels,
    values: labels,
    known,
    columns: new Map(columns.map(({ name, values }) => [name, values])),
    weights,
  };
}
