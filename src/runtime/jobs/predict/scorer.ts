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

/** Puts what the function says of the rows of a batch behind the first rows of each output, which are [B]. */
export type Scorer = (batch: EncodedBatch, first: number) => void;

/** `wide`: the engine has threads of its own, and takes a batch at once. */
export function createScorer(
  session: Session,
  target: GraphFunction,
  layout: BatchLayout,
  outputs: ReadonlyMap<string, Float32Array>,
  wide = false,
): Scorer {
  const feeds = createFeeds(target, layout);
  const score = (batch: EncodedBatch, first: number): void => {
    const found = session.run(target.name, feeds(batch));
    for (const [name, all] of outputs) {
      const part = found[name]?.data;
      if (part === undefined) throw new Error(`the function ${target.name} gave no output ${name}`);
      all.set(part.subarray(0, batch.rows), first);
    }
  };
  if (wide) return score;
  return (batch, first) => {
    if (batch.lists !== undefined || batch.rows !== batch.size) return score(batch, first);
    for (let at = 0; at < batch.size; at += rowsOfCall)
      score(rowsOfBatch(batch, layout, at, Math.min(rowsOfCall, batch.size - at)), first + at);
  };
}
