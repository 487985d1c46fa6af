/** What trees see of encoded rows. */
import { batchLayout, type FeatureModel, type Model, type TreeHead } from "../../compiler/model/index.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import { servingValues } from "../engine/create-program.js";
import type { Fitted } from "../data/index.js";

/** Where one column of trees is in a batch. */
interface Column {
  readonly from: "ids" | "numbers";
  readonly offset: number;
  /** What serving sees in its place. */
  readonly served?: number;
}

/** Copies the columns of a task's trees out of the first rows of a batch: row-major [rows, columns]. */
export type ReadColumns = (
  batch: Pick<EncodedBatch, "ids" | "numbers">,
  rows: number,
  view: "recorded" | "served",
) => Float32Array;

/** Numbers are taken as the feature's are, buckets and categories by their ids. */
export function createColumnReader(model: Model, fitted: Fitted, { features }: TreeHead): ReadColumns {
  const layout = batchLayout(model);
  const stated = servingValues(model, fitted);
  const columns = features.map((feature): Column => {
    const from = isNumber(feature) ? "numbers" : "ids";
    const slot = layout[from].find((each) => each.feature === feature.name);
    if (slot === undefined) throw new Error(`the layout has no place for the feature ${feature.name}`);
    const [served] = stated[feature.name] ?? [];
    return { from, offset: slot.offset, ...(served === undefined ? {} : { served }) };
  });
  const widths = { ids: layout.idWidth, numbers: layout.numberWidth };
  return (batch, rows, view) => {
    const values = new Float32Array(rows * columns.length);
    for (const [place, { from, offset, served }] of columns.entries()) {
      const source = batch[from];
      const width = widths[from];
      for (let row = 0; row < rows; row++)
        values[row * columns.length + place] =
          served !== undefined && view === "served" ? served : source[row * width + offset]!;
    }
    return values;
  };
}

function isNumber({ kind }: FeatureModel): boolean {
  return kind === "numeric";
}
