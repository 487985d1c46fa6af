import type { GraphFunction } from "../../compiler/graph/graph.js";
import { batchInputs, type BatchLayout } from "../../compiler/model/layout.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import type { HostTensor } from "../engine/engine.js";

/** The feeds of one function for a batch: those of its inputs that a batch has. */
export type FeedBatch = (batch: EncodedBatch) => Readonly<Record<string, HostTensor>>;

/**
 * Makes the feeds of a function. A batch that reuses the arrays of the one before gets the same tensors again, so that a
 * step allocates nothing here.
 */
export function createFeeds(target: GraphFunction, layout: BatchLayout): FeedBatch {
  const wanted = new Set(target.nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])));
  const widths: Readonly<Record<keyof typeof batchInputs, number | undefined>> = {
    ids: layout.idWidth,
    numbers: layout.numberWidth,
    labels: layout.labels.length,
    known: layout.labels.length,
    weights: undefined,
  };
  const parts = (Object.keys(widths) as (keyof typeof batchInputs)[]).filter((part) => wanted.has(batchInputs[part]));
  const feeds: Record<string, HostTensor> = {};
  return (batch) => {
    for (const part of parts) {
      const data = batch[part];
      const name = batchInputs[part];
      const last = feeds[name];
      if (last?.data === data && last.shape[0] === batch.size) continue;
      const width = widths[part];
      feeds[name] = { shape: width === undefined ? [batch.size] : [batch.size, width], data };
    }
    return feeds;
  };
}
