import { listBatching } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { Dataset } from "../data/batches/dataset.js";

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
export function trainingLength({ loss, train }: Model, rows: Pick<Dataset, "batchCount">): TrainingLength {
  const { batch, shuffle, seed, dropLast = false, accumulate = 1 } = train;
  const order = omitUndefined({
    lists: listBatching(loss),
    shuffle: shuffle ? { seed, epoch: 0 } : undefined,
  });
  const batches = rows.batchCount({ size: batch, dropLast, ...order });
  const perEpoch = Math.ceil(batches / accumulate);
  const { epochs, steps } = trainingBounds(train);
  const planned = Math.min(steps, epochs * perEpoch);
  return { steps: planned, epochs: Math.min(epochs, Math.ceil(planned / Math.max(1, perEpoch))) };
}

/** Where a run ends: the one that is not given is infinite. */
export function trainingBounds({ epochs, steps }: Pick<Model["train"], "epochs" | "steps">): TrainingLength {
  return { epochs: epochs ?? Infinity, steps: steps ?? Infinity };
}
