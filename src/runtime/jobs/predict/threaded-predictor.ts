/** Predictions beside the caller: each call is the work of one of several threads, which have the model each. */
import { type Columns, type RawRow, sendableColumns } from "../../data/index.js";
import type { FeatureColumn } from "../../data/expressions/row-columns.js";
import { openPool } from "../../pool/pool.js";
import type { PredictorAnswer, PredictorJob, PredictorSetup } from "./predictor-service.js";
import type { HeadValues, LoadOptions } from "./predictor.js";

/** A trained model that answers while the caller goes on. */
export interface ThreadedPredictor {
  /** Names of the served heads. */
  readonly heads: readonly string[];
  /** The raw columns that a row provides. */
  readonly columns: readonly FeatureColumn[];
  /** Calls that are worked on at once; others wait, in their order. */
  readonly threads: number;
  /** As `predict` of a {@link Predictor}, in a thread; rejects with what that throws. Values of rows are cloned. */
  readonly predict: (rows: readonly RawRow[]) => Promise<HeadValues>;
  /** As `predictColumns` of a {@link Predictor}, in a thread; rejects with what that throws. Columns are cloned. */
  readonly predictColumns: (columns: Columns) => Promise<HeadValues>;
  /** Ends the threads, once they have done what they were given. */
  readonly close: () => Promise<void>;
}

/** Loads an artifact into as many threads; 1 is one beside the caller's. */
export async function openThreadedPredictor(
  directory: string,
  threads: number,
  options: LoadOptions,
): Promise<ThreadedPredictor> {
  const pool = await openPool<PredictorSetup, PredictorJob, PredictorAnswer, never>({
    service: "predictor",
    setup: { directory, options },
    workers: threads,
    apart: true,
  });
  const valuesOf = async (job: PredictorJob): Promise<HeadValues> => {
    const answer = await pool.submit(job);
    if (answer.kind !== "values") throw new Error("a thread answered something else than values");
    return answer.values;
  };
  const described = await pool.submit({ kind: "describe" });
  if (described.kind !== "described") throw new Error("a thread did not say what it predicts");
  const { heads, columns } = described;
  return {
    heads,
    columns,
    threads: pool.workers,
    predict: (rows) => valuesOf({ kind: "rows", rows }),
    predictColumns: async (given) => valuesOf({ kind: "columns", columns: sendableColumns(given) }),
    close: pool.close,
  };
}
