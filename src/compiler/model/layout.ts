/**
 * How a row becomes numbers: which columns of the encoded arrays each feature and label takes. Pure function of the
 * model; shared by the data pipeline (which fills the arrays) and the lowering (which reads them).
 */
import { hasIds, isListFeature, isWeighted } from "./feature-lists.js";
import type { Model } from "./model.js";

/** A feature's columns in one of the two arrays. */
export interface LayoutSlot {
  readonly feature: string;
  /** First column. */
  readonly offset: number;
  /** Number of columns: 1, or the `max` of a list. */
  readonly width: number;
}

/** Columns of `ids` [B, idWidth] int32 and `numbers` [B, numberWidth] float32; `labels` and `known` are [B, labels.length]. */
export interface BatchLayout {
  readonly ids: readonly LayoutSlot[];
  readonly idWidth: number;
  readonly numbers: readonly LayoutSlot[];
  readonly numberWidth: number;
  readonly labels: readonly string[];
}

/**
 * Names of a graph function's data inputs. `weights` is [B]; a padding row has weight 0. `epoch` is int32[]: the passes over
 * the training data that are done; only a step that asks for it has it.
 */
export const batchInputs = {
  ids: "ids",
  numbers: "numbers",
  labels: "labels",
  known: "known",
  weights: "weights",
  epoch: "epoch",
} as const;

/**
 * What a function is fed besides when it compares rows: `groups` [B] is the index in [0, G) of each row's list, the rows of
 * a list being together; `lists` [G, L] has the rows of each list, −1 where it has no more; `rows` [B] counts 0, 1, ….
 */
export const listInputs = { groups: "groups", lists: "lists", rows: "rows" } as const;

/** Features in the order of the spec: those with ids in `ids`, numeric ones and the weights of bags in `numbers`; labels in the order of the spec. */
export function batchLayout(model: Pick<Model, "features" | "labels">): BatchLayout {
  const ids: LayoutSlot[] = [];
  const numbers: LayoutSlot[] = [];
  let idWidth = 0;
  let numberWidth = 0;
  for (const feature of model.features) {
    const width = isListFeature(feature) ? feature.max : 1;
    if (!hasIds(feature)) {
      numbers.push({ feature: feature.name, offset: numberWidth, width });
      numberWidth += width;
    } else {
      ids.push({ feature: feature.name, offset: idWidth, width });
      idWidth += width;
    }
    if (isWeighted(feature)) {
      numbers.push({ feature: feature.name, offset: numberWidth, width });
      numberWidth += width;
    }
  }
  return { ids, idWidth, numbers, numberWidth, labels: model.labels.map((label) => label.name) };
}
