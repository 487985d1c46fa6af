import { setImmediate as nextTurn } from "node:timers/promises";
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { LabelModel } from "../../compiler/model/model.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { createFeeds } from "./feeds.js";
import type { LabelRows } from "./sample-space.js";

/** What a function says on every row of a data set, in file order, with the truth beside it. */
export interface Predictions extends LabelRows {
  /** By output, [rows]. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
  /** Sample weights, [rows]. */
  readonly weights: Float32Array;
}

/** Rows a call: enough for the engine's threads, little enough for memory. */
const evaluationBatch = 4096;

/** Runs a function whose outputs are [B] over a data set. Rejects with the signal's reason when it fires. */
export async function collectPredictions(
  session: Session,
  target: GraphFunction,
  data: Dataset,
  labels: readonly LabelModel[],
  signal?: AbortSignal,
): Promise<Predictions> {
  const names = target.outputs.map(({ name }) => name);
  const outputs = new Map(names.map((name) => [name, new Float32Array(data.rows)]));
  const values = new Float32Array(data.rows * labels.length);
  const known = new Float32Array(data.rows * labels.length);
  const weights = new Float32Array(data.rows);
  const feeds = createFeeds(target, data.layout);
  let row = 0;
  for (const batch of data.batches({ size: evaluationBatch, pad: false })) {
    const found = session.run(target.name, feeds(batch));
    for (const [name, all] of outputs) {
      const part = found[name]?.data;
      if (part === undefined) throw new Error(`the function ${target.name} gave no output ${name}`);
      all.set(part.subarray(0, batch.rows), row);
    }
    values.set(batch.labels.subarray(0, batch.rows * labels.length), row * labels.length);
    known.set(batch.known.subarray(0, batch.rows * labels.length), row * labels.length);
    weights.set(batch.weights.subarray(0, batch.rows), row);
    row += batch.rows;
    await nextTurn();
    signal?.throwIfAborted();
  }
  return { rows: data.rows, labels, values, known, outputs, weights };
}
