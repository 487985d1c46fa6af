import type { GraphFunction } from "../../compiler/graph/graph.js";
import { batchInputs, type BatchLayout, listInputs } from "../../compiler/model/layout.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import type { HostTensor } from "../engine/engine.js";

/** The feeds of one function for a batch: those of its inputs that a batch has, and the epoch, 0 in the first. */
export type FeedBatch = (batch: EncodedBatch, epoch?: number) => Readonly<Record<string, HostTensor>>;

type BatchPart = Exclude<keyof typeof batchInputs, "epoch">;

/**
 * Makes the feeds of a function. A batch that reuses the arrays of the one before gets the same tensors again, so that a
 * step allocates nothing here.
 */
export function createFeeds(target: GraphFunction, layout: BatchLayout): FeedBatch {
  const wanted = new Set(target.nodes.flatMap((node) => (node.op === "input" ? [node.attributes.name] : [])));
  const widths: Readonly<Record<BatchPart, number | undefined>> = {
    ids: layout.idWidth,
    numbers: layout.numberWidth,
    labels: layout.labels.length,
    known: layout.labels.length,
    weights: undefined,
  };
  const parts = (Object.keys(widths) as BatchPart[]).filter((part) => wanted.has(batchInputs[part]));
  const feeds: Record<string, HostTensor> = {};
  const feedLists = createListFeeds(wanted, feeds);
  const takesEpoch = wanted.has(batchInputs.epoch);
  return (batch, epoch = 0) => {
    if (takesEpoch && feeds[batchInputs.epoch]?.data[0] !== epoch)
      feeds[batchInputs.epoch] = { shape: [], data: Int32Array.of(epoch) };
    for (const part of parts) {
      const data = batch[part];
      const name = batchInputs[part];
      const last = feeds[name];
      if (last?.data === data && last.shape[0] === batch.size) continue;
      const width = widths[part];
      feeds[name] = { shape: width === undefined ? [batch.size] : [batch.size, width], data };
    }
    feedLists(batch);
    return feeds;
  };
}

/** What functions that compare rows are fed besides. */
function createListFeeds(
  wanted: ReadonlySet<string>,
  feeds: Record<string, HostTensor>,
): (batch: EncodedBatch) => void {
  const wantsLists = wanted.has(listInputs.groups) || wanted.has(listInputs.lists);
  const wantsRows = wanted.has(listInputs.rows);
  return ({ size, lists }) => {
    if (wantsRows && feeds[listInputs.rows]?.shape[0] !== size)
      feeds[listInputs.rows] = { shape: [size], data: Int32Array.from({ length: size }, (_, row) => row) };
    if (!wantsLists) return;
    if (lists === undefined) throw new Error("the function compares rows of lists, and the batch has none");
    feeds[listInputs.groups] = { shape: [size], data: lists.groups };
    feeds[listInputs.lists] = { shape: [lists.count, lists.length], data: lists.members };
  };
}
