/** Runs of one spec as the work of a pool: a worker opens its data, which are encoded by then, and trains the runs that come. */
import { loadWeights } from "../artifact/load-weights.js";
import { chooseEngine } from "../engine/choose-engine.js";
import type { TrainEvent } from "../events.js";
import { trainingData } from "../jobs/opened-job.js";
import { closeData, openTrainingData } from "../jobs/train.js";
import type { TrainOptions } from "../jobs/train-options.js";
import type { Service } from "../pool/service.js";
import type { LoadedSpec } from "../specs/load-spec.js";
import { createRunner, type NumberedRun } from "./runner.js";
import type { Keep, RunResult } from "./types.js";

export interface RunsSetup {
  /** What all runs share; `output` is the directory of all of them. */
  readonly options: Omit<TrainOptions, "signal" | "onEvent">;
  readonly spec: LoadedSpec;
  readonly keep: Keep;
  /** The runs that are over already. */
  readonly finished: readonly RunResult[];
}

/** Of a run that a signal ended, nothing. */
export const runsService: Service<RunsSetup, NumberedRun, RunResult | undefined, TrainEvent> = {
  open: async ({ options, spec, keep, finished }, signal) => {
    const { warmStart: from } = options;
    const old =
      from === undefined ? undefined : await loadWeights(from, "start from", { onEvent: () => undefined, signal });
    const engine = await chooseEngine(options.engine, () => undefined, "training", options.products);
    const data = await openTrainingData({ ...options, signal }, spec);
    const rows = trainingData(spec.model, data);
    const runner = createRunner({ options, spec, data, rows, engine, old, keep }, finished);
    return {
      work: runner.train,
      close: () => {
        runner.close();
        closeData(data);
      },
    };
  },
};
