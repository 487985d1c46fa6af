/** A session over the rows of files. */
import type { GraphFunction } from "../../../compiler/graph/index.js";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { type EncodedBatch } from "../../data/index.js";
import { rowsOfBatch } from "../../data/batches/records.js";
import type { Session } from "../../engine/index.js";
import { createFeeds } from "../../measure/feeds.js";

/** Rows that go to a thread at once. */
export const rowsOfJob = 4096;

/** Rows of a call of an engine of one thread: what it computes of them stays in the processor's nearer caches. */
const rowsOfCall = 512;

/** Puts what the function says of the rows of a batch into `into` [outputs, rows]; the outputs are [B]. */
export type Scorer = (batch: EncodedBatch, into: Float32Array) => void;

/** `wide`: the engine has threads of its own, and takes a batch at once. */
export function createScorer(session: Session, target: GraphFunction, layout: BatchLayout, wide = false): Scorer {
  const feeds = createFeeds(target, layout);
  const score = (batch: EncodedBatch, into: Float32Array, first: number, rows: number): void => {
    const found = session.run(target.name, feeds(batch));
    target.outputs.forEach(({ name }, at) => {
      const part = found[name]?.data;
      if (part === undefined) throw new Error(`the function ${target.name} gave no output ${name}`);
      into.set(part.subarray(0, batch.rows), at * rows + first);
    });
  };
  return (batch, into) => {
    const { rows } = batch;
    const most = wide ? rows : rowsOfCall;
    for (let at = 0; at < rows; at += most)
      score(rowsOfBatch(batch, layout, at, Math.min(most, rows - at)), into, at, rows);
  };
}
