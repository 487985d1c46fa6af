/** A predictor in a thread of its own, as the work of a pool. */
import type { Columns, ColumnValues, RawRow } from "../../data/index.js";
import type { FeatureColumn } from "../../data/expressions/row-columns.js";
import type { Service } from "../../pool/service.js";
import { type HeadValues, type LoadOptions, openPredictor } from "./predictor.js";

export interface PredictorSetup {
  readonly directory: string;
  readonly options: LoadOptions;
}

export type PredictorJob =
  | { readonly kind: "describe" }
  | { readonly kind: "rows"; readonly rows: readonly RawRow[] }
  | { readonly kind: "columns"; readonly columns: ReadonlyMap<string, ColumnValues> };

export type PredictorAnswer =
  | { readonly kind: "described"; readonly heads: readonly string[]; readonly columns: readonly FeatureColumn[] }
  | { readonly kind: "values"; readonly values: HeadValues };

export const predictorService: Service<PredictorSetup, PredictorJob, PredictorAnswer, never> = {
  open: async ({ directory, options }) => {
    const predictor = await openPredictor(directory, options);
    return {
      work: async (job) => {
        switch (job.kind) {
          case "describe":
            return { kind: "described", heads: predictor.heads, columns: predictor.columns };
          case "rows":
            return { kind: "values", values: predictor.predict(job.rows) };
          case "columns":
            return { kind: "values", values: predictor.predictColumns(job.columns as unknown as Columns) };
        }
      },
      close: () => predictor.close(),
    };
  },
};
