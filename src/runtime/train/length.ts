import { listBatching } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { BatchOptions, Dataset } from "../data/batches/dataset.js";

/** How long a run is. */
export interface TrainingLength {
  /** Epochs that it begins; the last one may end before its last batch. */
  readonly epochs: number;
  readonly steps: number;
}

/**
 * The length of a whole run over these rows: whichever of `epochs` and `steps` ends first. Where batches keep lists whole, as if
 * each epoch had as many as the first.
 */
export function trainingLength(model: Model, rows: Pick<Dataset, "batchCount">): TrainingLength {
  const { train } = model;
  const { accumulate = 1 } = train;
  const batches = rows.batchCount(epochOrder(model, 0));
  const perEpoch = Math.ceil(batches / accumulate);
  const { epochs, steps } = trainingBounds(train);
  const planned = Math.min(steps, epochs * perEpoch);
  return { steps: planned, epochs: Math.min(epochs, Math.ceil(planned / Math.max(1, perEpoch))) };
}

/** How an epoch of a run, from 0, is cut into batches. */
export function epochOrder(
  { loss, train }: Model,
  epoch: number,
): Pick<BatchOptions, "size" | "shuffle" | "dropLast" | "lists"> {
  const { batch, shuffle, seed, dropLast } = train;
  return {
    size: batch,
    ...omitUndefined({ shuffle: shuffle ? { seed, epoch } : undefined, dropLast, lists: listBatching(loss) }),
  };
}

/** Where a run ends: the one that is not given is infinite. */
export function trainingBounds({ epochs, steps }: Pick<Model["train"], "epochs" | "steps">): TrainingLength {
  return { epochs: epochs ?? Infinity, steps: steps ?? Infinity };
}
